/** The files that pages link to, as file URLs to be read once at start. */
export const stylesheetUrl = new URL('./styles.css', import.meta.url);
export const passkeyScriptUrl = new URL('./passkeys.js', import.meta.url);
export const iconUrl = new URL('./icon.svg', import.meta.url);

/** The files that pages link to, as file URLs to be read once at start. */
/** One after the other, they are the style sheet. */
export const stylesheetUrls = [
  new URL('./styles.css', import.meta.url),
  new URL('./portal.css', import.meta.url),
  new URL('./explorer.css', import.meta.url),
];
export const copyScriptUrl = new URL('./copy.js', import.meta.url);
export const passkeyScriptUrl = new URL('./passkeys.js', import.meta.url);
export const passwordScriptUrl = new URL('./passwords.js', import.meta.url);
export const iconUrl = new URL('./icon.svg', import.meta.url);

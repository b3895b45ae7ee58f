import { packageRoot } from '../src/package-root.ts';

/* The files that pages link to, as file URLs to be read once at start. */

/** One after the other, they are the style sheet. */
export const stylesheetUrls = [
  new URL('views/styles.css', packageRoot),
  new URL('views/portal.css', packageRoot),
  new URL('views/explorer.css', packageRoot),
];
export const copyScriptUrl = new URL('views/copy.js', packageRoot);
export const passkeyScriptUrl = new URL('views/passkeys.js', packageRoot);
export const passwordScriptUrl = new URL('views/passwords.js', packageRoot);
export const iconUrl = new URL('views/icon.svg', packageRoot);

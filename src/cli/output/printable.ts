/**
 * Control characters but the line feed, and the invisible marks that reorder what a reader sees. A name that somebody
 * else chose could otherwise move the cursor, set the window's title or fake a line (the class of CVE-2021-25743).
 */
const CONTROL = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/** The text with such characters written out, as JSON does it: `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function hasControls(text: string): boolean {
  return text.search(CONTROL) >= 0;
}

/** The text on one line, fit for a terminal. */
export function printable(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n');
}

// Built from character codes: a regular expression literal may not hold them.
const escapeCharacter = String.fromCharCode(0x1b);
const bell = String.fromCharCode(0x07);
/** CSI sequences, string sequences (OSC, DCS, PM, APC, SOS) with their payload, and two-character escapes. */
const escapeSequence = new RegExp(
  `${escapeCharacter}\\[[0-?]*[ -/]*[@-~]|${escapeCharacter}[\\]PX^_][^${bell}${escapeCharacter}]*(?:${bell}|${escapeCharacter}\\\\)?|${escapeCharacter}[ -/]*[0-~]`,
  'g',
);
/** Control characters except tab and line feed, and the invisible marks that reorder what a reader sees. */
const control = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that is safe to print on a terminal: a hostile server could otherwise move the cursor, set the window title
 * or fake a prompt (the class of CVE-2021-25743). Tabs and line feeds stay.
 */
export function plainText(text: string): string {
  return text.replace(escapeSequence, '').replace(control, '');
}

/** Server text inside one of our own sentences: plain, on one line, at most `limit` characters. */
export function oneLine(text: string, limit = 300): string {
  const plain = plainText(text).replace(/\s+/g, ' ').trim();
  return plain.length > limit ? `${plain.slice(0, limit)}…` : plain;
}

/** JSON for a terminal: JSON.stringify leaves C1 controls and bidirectional marks as they are. */
export function plainJson(value: unknown, indent?: number): string {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, undefined, indent).replace(control, escaped);
}

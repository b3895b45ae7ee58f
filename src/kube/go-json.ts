const HTML_OR_LINE_SEPARATOR = /[<>&\u2028\u2029]/g;
const ESCAPED_SURROGATE = /\\ud[89a-f]/;

/**
 * Compact JSON as Go's encoding/json writes it: `<`, `>`, `&`, U+2028 and U+2029 are escaped (so that a body
 * sniffed as HTML stays inert) and a lone surrogate becomes U+FFFD. No trailing newline.
 */
export function encodeGoJson(value: unknown): string {
  return encode(value, undefined);
}

/** The same for people: two blanks for each level, as Go's json.Indent gives it. */
export function indentGoJson(value: unknown): string {
  return encode(value, 2);
}

function encode(value: unknown, indent: number | undefined): string {
  let json = JSON.stringify(value, undefined, indent);
  if (ESCAPED_SURROGATE.test(json)) json = JSON.stringify(value, wellFormed, indent);
  return json.replace(HTML_OR_LINE_SEPARATOR, escapeCharacter);
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

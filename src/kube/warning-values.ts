/** In characters, all together: clients refuse answers with long headers. Source: apiserver/pkg/endpoints/filters/warning.go. */
const MOST_CHARACTERS = 4096;

/**
 * Values of `Warning` headers, one a warning; what is beyond a client's patience is left out.
 * Source: RFC 7234 section 5.5, Kubernetes apimachinery net.NewWarningHeader.
 */
export function warningValues(warnings: readonly string[]): string[] {
  const values: string[] = [];
  let room = MOST_CHARACTERS;
  for (const warning of warnings) {
    const escaped = escapeQuoted(warning);
    room -= escaped.length;
    if (room < 0) break;
    values.push(`299 - "${escaped}"`);
  }
  return values;
}

function escapeQuoted(warning: string): string {
  return warning
    .toWellFormed()
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll(/[^\t\x20-\x7e]/gu, (character) => (character < ' ' ? ' ' : encodeURIComponent(character)));
}

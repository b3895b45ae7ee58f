const NONE: ReadonlySet<string> = new Set();

/**
 * The header names, in lower case, that belong to this hop because Connection says so (RFC 9110 §7.6.1).
 * @param value one line or several; each may be a list with blanks and empty elements
 */
export function namedByConnection(value: string | readonly string[] | undefined): ReadonlySet<string> {
  // The usual cases cost no set: they name no header, or one of the hop, which nobody passes on anyway.
  if (value === undefined || value === 'keep-alive' || value === 'close') return NONE;
  const lines = typeof value === 'string' ? [value] : value;
  const names = lines.flatMap((line) => line.split(',')).map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== ''));
}

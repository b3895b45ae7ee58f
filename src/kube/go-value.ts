/**
 * A JSON value as Go's fmt prints what encoding/json has decoded (`%+v`): `map[a:1 b:[x y]]`, keys sorted, texts as they
 * are. Numbers stand as JavaScript writes them.
 */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${members.map(([key, member]) => `${key}:${goValue(member)}`).join(' ')}]`;
}

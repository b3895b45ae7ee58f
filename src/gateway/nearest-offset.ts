/**
 * Where a field path such as `rules[0].level` stands, or its nearest parent that is there.
 * @param offsets offsets in the text by field path; `''` is the whole
 */
export function nearestOffset(offsets: ReadonlyMap<string, number>, path: string): number {
  for (let at = path; at !== ''; at = at.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, '')) {
    const offset = offsets.get(at);
    if (offset !== undefined) return offset;
  }
  return offsets.get('') ?? 0;
}

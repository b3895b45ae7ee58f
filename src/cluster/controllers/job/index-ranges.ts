/** Indexes as a job's status tells them: `0-2,5`. Source: pkg/controller/job/indexed_job_utils.go orderedIntervals.String. */
export function printIndexes(indexes: Iterable<number>): string {
  const parts: [number, number][] = [];
  for (const index of [...new Set(indexes)].toSorted((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts
    .map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
}

/** @param end what is not below it is left out */
export function parseIndexes(text: string, end: number): readonly number[] {
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    const count = Math.min(to, end - 1) - from + 1;
    return Array.from({ length: Math.max(0, count || 0) }, (_, offset) => from + offset);
  });
}

/** The bytes in pieces, cut wherever the numbers say. */
export function cut(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((number) => number % (whole.length + 1)).toSorted((a, b) => a - b);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const place of [...places, whole.length]) {
    pieces.push(whole.subarray(from, place));
    from = place;
  }
  return pieces;
}

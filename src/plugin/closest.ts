/** The word that was probably meant: at most two letters away from what was typed; undefined when none is. */
export function closest(typed: string, words: readonly string[]): string | undefined {
  const ranked = words.map((word) => ({ word, away: distance(typed, word) })).sort((a, b) => a.away - b.away);
  return ranked[0] !== undefined && ranked[0].away <= 2 ? ranked[0].word : undefined;
}

/** Levenshtein's: letters put in, taken out or replaced. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [at, letter] of [...left].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (row[column - 1] ?? 0) + Number(right[column - 1] !== letter);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

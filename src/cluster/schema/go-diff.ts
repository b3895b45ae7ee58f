/**
 * What has changed, as kube-apiserver shows it behind "is immutable": a unified diff of the two values as indented JSON, with
 * three lines around each change. Source: apimachinery/pkg/util/diff, which is Python's difflib.
 */
export function goDiff(before: unknown, after: unknown): string {
  const [a, b] = [linesOf(before), linesOf(after)];
  const changes = changesBetween(a, b, matchingBlocks(a, b));
  return hunksOf(changes)
    .map((hunk) => hunkText(hunk, a, b))
    .join('');
}

function linesOf(value: unknown): string[] {
  return JSON.stringify(value, null, 1).split('\n');
}

interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

interface Change {
  readonly aFrom: number;
  readonly aTo: number;
  readonly bFrom: number;
  readonly bTo: number;
}

/** Lines that both have, the longest run first and then what is on either side of it. */
function matchingBlocks(a: readonly string[], b: readonly string[]): readonly Block[] {
  const found: Block[] = [];
  const rest: (readonly [number, number, number, number])[] = [[0, a.length, 0, b.length]];
  for (let range = rest.pop(); range !== undefined; range = rest.pop()) {
    const [aFrom, aTo, bFrom, bTo] = range;
    const block = longestRun(a.slice(0, aTo), b.slice(0, bTo), aFrom, bFrom);
    if (block.size === 0) continue;
    found.push(block);
    rest.push([aFrom, block.a, bFrom, block.b], [block.a + block.size, aTo, block.b + block.size, bTo]);
  }
  return found.sort((x, y) => x.a - y.a);
}

/** The first of the longest runs. */
function longestRun(a: readonly string[], b: readonly string[], aFrom: number, bFrom: number): Block {
  let best: Block = { a: aFrom, b: bFrom, size: 0 };
  let endingAt = new Map<number, number>();
  for (let i = aFrom; i < a.length; i++) {
    const next = new Map<number, number>();
    for (let j = bFrom; j < b.length; j++) {
      if (a[i] !== b[j]) continue;
      const size = (endingAt.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    endingAt = next;
  }
  return best;
}

function changesBetween(a: readonly string[], b: readonly string[], blocks: readonly Block[]): Change[] {
  const changes: Change[] = [];
  let [aFrom, bFrom] = [0, 0];
  for (const block of [...blocks, { a: a.length, b: b.length, size: 0 }]) {
    if (aFrom < block.a || bFrom < block.b) changes.push({ aFrom, aTo: block.a, bFrom, bTo: block.b });
    [aFrom, bFrom] = [block.a + block.size, block.b + block.size];
  }
  return changes;
}

const around = 3;

/** Changes that are near each other are shown as one. */
function hunksOf(changes: readonly Change[]): readonly Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last === undefined || change.aFrom - last.aTo > 2 * around) hunks.push([change]);
    else hunks.at(-1)?.push(change);
  }
  return hunks;
}

function hunkText(hunk: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (first === undefined || last === undefined) return '';
  const from = Math.max(0, first.aFrom - around);
  const to = Math.min(a.length, last.aTo + around);
  const bFrom = first.bFrom - (first.aFrom - from);
  const bTo = last.bTo + (to - last.aTo);
  const lines: string[] = [];
  let next = from;
  for (const { aFrom, aTo, bFrom: plusFrom, bTo: plusTo } of hunk) {
    lines.push(...a.slice(next, aFrom).map((line) => ` ${line}`));
    lines.push(...a.slice(aFrom, aTo).map((line) => `-${line}`));
    lines.push(...b.slice(plusFrom, plusTo).map((line) => `+${line}`));
    next = aTo;
  }
  lines.push(...a.slice(next, to).map((line) => ` ${line}`));
  const text = lines.map((line) => `${line}\n`).join('');
  return `@@ -${rangeText(from, to)} +${rangeText(bFrom, bTo)} @@\n${text}`;
}

function rangeText(from: number, to: number): string {
  const length = to - from;
  if (length === 1) return `${from + 1}`;
  return `${length === 0 ? from : from + 1},${length}`;
}

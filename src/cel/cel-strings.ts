import { RE2JS } from 're2js';
import type { FunctionTable } from './cel-function.ts';
import { CelError, type Evaluation, nativeList, spend } from './cel-value.ts';

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`);

/** The whole number between 0 and `end` that an index is, or an error: indexes count code points. */
function position(index: bigint, end: number): number {
  if (index < 0n || index > BigInt(end)) throw outOfRange(index);
  return Number(index);
}

/** A text by its code points: itself, where each is one unit. */
function codePoints(text: string): string | readonly string[] {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}

function textOf(points: string | readonly string[]): string {
  return typeof points === 'string' ? points : points.join('');
}

function size(text: string): bigint {
  return BigInt(codePoints(text).length);
}

function substring(text: string, start: bigint, end?: bigint): string {
  const points = codePoints(text);
  const from = position(start, points.length);
  const to = end === undefined ? points.length : position(end, points.length);
  if (from > to) throw new CelError(`invalid substring range. start: ${from}, end: ${to}`);
  return textOf(points.slice(from, to));
}

/** The code point index of what `find` finds as an index of UTF-16 units. */
function codePointIndex(text: string, found: number): bigint {
  return found === -1 ? -1n : size(text.slice(0, found));
}

function split(text: string, separator: string, limit: bigint, evaluation: Evaluation): readonly string[] {
  if (limit === 0n) return nativeList([]);
  if (separator === '') spend(evaluation, text.length / 2);
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return nativeList(parts);
  const head = parts.slice(0, Number(limit) - 1);
  return nativeList([...head, parts.slice(head.length).join(separator)]);
}

function replace(text: string, from: string, to: string, limit: bigint, evaluation: Evaluation): string {
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from);
  const count = limit < 0n ? parts.length - 1 : Math.min(Number(limit), parts.length - 1);
  // Before the text exists: its length may be the product of two claims' lengths.
  spend(evaluation, (text.length + count * to.length) / 10);
  const rest = parts.slice(count).join(from);
  return count === 0 ? text : `${parts.slice(0, count).join(to)}${to}${rest}`;
}

const patterns = new Map<string, RE2JS>();
/** In instructions, of all remembered patterns together. */
const mostRemembered = 1_000_000;
let remembered = 0;

/** In characters, repetitions written out: what takes some hundred milliseconds to compile. */
const longestPattern = 50_000;
/** In steps, beside what each character takes. */
const compileCost = 1000;
const characterCost = 25;

/** How long a pattern is at the most when its repetitions are written out; nested ones RE2 limits itself. */
function lengthOf(pattern: string): number {
  let most = 1;
  for (const [, from, to] of pattern.matchAll(/\{(\d{1,4})(?:,(\d{0,4}))?\}/g)) {
    most = Math.max(most, Number(from), Number(to ?? 0));
  }
  return pattern.length * Math.min(most, 1000);
}

/**
 * RE2's syntax and its linear time: a backtracking engine would let a claim hold the event loop for hours.
 * @param evaluation who pays for a pattern that is new; nobody where it is written down
 */
function compilePattern(pattern: string, evaluation?: Evaluation): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const length = lengthOf(pattern);
  if (evaluation !== undefined) spend(evaluation, compileCost + length * characterCost);
  if (length > longestPattern) throw new CelError('error parsing regexp: expression too large');
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    throw new CelError(`error parsing regexp: ${JSON.stringify(pattern)}`);
  }
  // A pattern may come from a claim, so the memory of them is bounded.
  remembered += compiled.programSize() + pattern.length;
  if (remembered > mostRemembered) {
    patterns.clear();
    remembered = compiled.programSize() + pattern.length;
  }
  patterns.set(pattern, compiled);
  return compiled;
}

/** Whether a pattern written in the configuration compiles. */
export function isPattern(pattern: string): boolean {
  try {
    compilePattern(pattern);
    return true;
  } catch {
    return false;
  }
}

/** The pattern, after paying for one search: text times program, the most that linear time means. */
function search(pattern: string, text: string, evaluation: Evaluation): RE2JS {
  const compiled = compilePattern(pattern, evaluation);
  spend(evaluation, searchCost(compiled, text.length));
  return compiled;
}

function searchCost(compiled: RE2JS, length: number): number {
  return ((length + 1) * (compiled.programSize() + 1)) / 40 + length / 3;
}

function findAll(text: string, pattern: string, limit: bigint, evaluation: Evaluation): readonly string[] {
  const compiled = search(pattern, text, evaluation);
  const matcher = compiled.matcher(text);
  const found: string[] = [];
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) {
    // Each further search may look at all of the rest, and find little.
    spend(evaluation, searchCost(compiled, text.length - matcher.end()));
    found.push(matcher.group() ?? '');
  }
  return nativeList(found);
}

const white = /[\s\u0085]/;

/** Looks at each character once: a pattern for the end of the text would begin anew at each of them. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && white.test(text.charAt(start))) start++;
  while (end > start && white.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Of a text beyond ASCII the letters of ASCII alone; one by one, which takes its time. */
function lowerAscii(text: string, evaluation: Evaluation): string {
  if (isAscii(text)) return text.toLowerCase();
  spend(evaluation, text.length);
  return text.replaceAll(/[A-Z]+/g, (run) => run.toLowerCase());
}

function upperAscii(text: string, evaluation: Evaluation): string {
  if (isAscii(text)) return text.toUpperCase();
  spend(evaluation, text.length);
  return text.replaceAll(/[a-z]+/g, (run) => run.toUpperCase());
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** Strings: CEL's own, cel-go's ext.Strings and Kubernetes' regex library. Indexes count code points. */
export const strings: FunctionTable = {
  'size(string): int': size,
  'string.size(): int': size,
  'string.startsWith(string): bool': (text: string, part: string) => text.startsWith(part),
  'string.endsWith(string): bool': (text: string, part: string) => text.endsWith(part),
  'string.contains(string): bool': (text: string, part: string) => text.includes(part),
  'string.matches(string): bool': (text: string, pattern: string, evaluation: Evaluation) =>
    search(pattern, text, evaluation).matcher(text).find(),
  'matches(string, string): bool': (text: string, pattern: string, evaluation: Evaluation) =>
    search(pattern, text, evaluation).matcher(text).find(),
  'string.find(string): string': (text: string, pattern: string, evaluation: Evaluation) =>
    findAll(text, pattern, 1n, evaluation)[0] ?? '',
  'string.findAll(string): list<string>': (text: string, pattern: string, evaluation: Evaluation) =>
    findAll(text, pattern, -1n, evaluation),
  'string.findAll(string, int): list<string>': findAll,
  'string.charAt(int): string': (text: string, index: bigint) => {
    const points = codePoints(text);
    return points[position(index, points.length)] ?? '';
  },
  'string.indexOf(string): int': (text: string, part: string) => codePointIndex(text, text.indexOf(part)),
  'string.indexOf(string, int): int': (text: string, part: string, from: bigint) => {
    const points = codePoints(text);
    const start = textOf(points.slice(0, position(from, points.length))).length;
    return codePointIndex(text, text.indexOf(part, start));
  },
  'string.lastIndexOf(string): int': (text: string, part: string) =>
    codePointIndex(text, text.lastIndexOf(part)),
  'string.lowerAscii(): string': lowerAscii,
  'string.upperAscii(): string': upperAscii,
  'string.replace(string, string): string': (text: string, from: string, to: string, e: Evaluation) =>
    replace(text, from, to, -1n, e),
  'string.replace(string, string, int): string': replace,
  'string.split(string): list<string>': (text: string, separator: string, evaluation: Evaluation) =>
    split(text, separator, -1n, evaluation),
  'string.split(string, int): list<string>': split,
  'string.substring(int): string': (text: string, start: bigint) => substring(text, start),
  'string.substring(int, int): string': (text: string, start: bigint, end: bigint) =>
    substring(text, start, end),
  'string.trim(): string': trim,
};

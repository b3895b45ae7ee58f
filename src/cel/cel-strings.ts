import { RE2JS } from 're2js';
import type { FunctionTable } from './cel-function.ts';
import { CelError, type Evaluation, nativeList, spend } from './cel-value.ts';

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`);

/** The whole number between 0 and `end` that an index is, or an error: indexes count code points. */
function position(index: bigint, end: number): number {
  if (index < 0n || index > BigInt(end)) throw outOfRange(index);
  return Number(index);
}

function substring(text: string, start: bigint, end?: bigint): string {
  const points = Array.from(text);
  const from = position(start, points.length);
  const to = end === undefined ? points.length : position(end, points.length);
  if (from > to) throw new CelError(`invalid substring range. start: ${from}, end: ${to}`);
  return points.slice(from, to).join('');
}

/** The code point index of what `find` finds as an index of UTF-16 units. */
function codePointIndex(text: string, found: number): bigint {
  return found === -1 ? -1n : BigInt(Array.from(text.slice(0, found)).length);
}

function split(text: string, separator: string, limit: bigint): readonly string[] {
  if (limit === 0n) return nativeList([]);
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
const maximumPatterns = 100;

/** RE2's syntax and its linear time: a backtracking engine would let a claim hold the event loop for hours. */
function compilePattern(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    throw new CelError(`error parsing regexp: ${JSON.stringify(pattern)}`);
  }
  // A pattern may come from a claim, so the memory of them is bounded.
  if (patterns.size >= maximumPatterns) patterns.clear();
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
  const compiled = compilePattern(pattern);
  spend(evaluation, searchCost(compiled, text.length));
  return compiled;
}

function searchCost(compiled: RE2JS, length: number): number {
  return ((length + 1) * (compiled.programSize() + 1)) / 40;
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

/** Strings: CEL's own, cel-go's ext.Strings and Kubernetes' regex library. Indexes count code points. */
export const strings: FunctionTable = {
  'size(string): int': (text: string) => BigInt(Array.from(text).length),
  'string.size(): int': (text: string) => BigInt(Array.from(text).length),
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
    const points = Array.from(text);
    return points[position(index, points.length)] ?? '';
  },
  'string.indexOf(string): int': (text: string, part: string) => codePointIndex(text, text.indexOf(part)),
  'string.indexOf(string, int): int': (text: string, part: string, from: bigint) => {
    const points = Array.from(text);
    const start = points.slice(0, position(from, points.length)).join('').length;
    return codePointIndex(text, text.indexOf(part, start));
  },
  'string.lastIndexOf(string): int': (text: string, part: string) =>
    codePointIndex(text, text.lastIndexOf(part)),
  'string.lowerAscii(): string': (text: string) => text.replaceAll(/[A-Z]+/g, (run) => run.toLowerCase()),
  'string.upperAscii(): string': (text: string) => text.replaceAll(/[a-z]+/g, (run) => run.toUpperCase()),
  'string.replace(string, string): string': (text: string, from: string, to: string, e: Evaluation) =>
    replace(text, from, to, -1n, e),
  'string.replace(string, string, int): string': replace,
  'string.split(string): list<string>': (text: string, separator: string) => split(text, separator, -1n),
  'string.split(string, int): list<string>': split,
  'string.substring(int): string': (text: string, start: bigint) => substring(text, start),
  'string.substring(int, int): string': (text: string, start: bigint, end: bigint) =>
    substring(text, start, end),
  'string.trim(): string': trim,
};

import { equals } from './cel-equality.ts';
import type { FunctionTable } from './cel-function.ts';
import {
  CelError,
  type CelObject,
  celObject,
  type Evaluation,
  kindOf,
  mapKeys,
  numberOf,
  spend,
} from './cel-value.ts';

type List = readonly unknown[];

function join(list: List, separator: string, evaluation: Evaluation): string {
  let length = 0;
  for (const item of list) {
    if (typeof item !== 'string') throw new CelError('no such overload');
    length += item.length + separator.length;
  }
  // Before the text exists: one long claim may stand in the list many times.
  spend(evaluation, length / 10);
  return list.join(separator);
}

/** For sorting: numbers and strings, all of one kind. */
function keyOf(item: unknown): number | bigint | string {
  const key = numberOf(item) ?? (typeof item === 'string' ? Buffer.from(item).toString('latin1') : undefined);
  if (key === undefined) throw new CelError('no such overload');
  return key;
}

function order(a: unknown, b: unknown, evaluation: Evaluation): number {
  spend(
    evaluation,
    1 + (typeof a === 'string' ? a.length / 50 : 0) + (typeof b === 'string' ? b.length / 50 : 0),
  );
  if (kindOf(a) !== kindOf(b)) throw new CelError('no such overload');
  const [x, y] = [keyOf(a), keyOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function sort(list: List, evaluation: Evaluation): List {
  spend(evaluation, list.length * 16);
  return list.toSorted((a, b) => order(a, b, evaluation));
}

function slice(list: List, start: bigint, end: bigint): List {
  if (start < 0n || end < start || end > BigInt(list.length)) {
    throw new CelError(`cannot slice(${start}, ${end}), list is of length ${list.length}`);
  }
  return list.slice(Number(start), Number(end));
}

const includes = (list: List, item: unknown, evaluation: Evaluation): boolean =>
  list.some((other) => equals(other, item, evaluation));
const containsAll = (a: List, b: List, evaluation: Evaluation): boolean =>
  b.every((item) => includes(a, item, evaluation));

function extreme(list: List, sign: number, evaluation: Evaluation): unknown {
  if (list.length === 0) throw new CelError('min/max called on an empty list');
  return list.reduce((best, item) => (order(item, best, evaluation) * sign > 0 ? item : best));
}

/** @param depth how many levels of lists go */
function flatten(list: List, depth: bigint, evaluation: Evaluation): List {
  if (depth < 0n) throw new CelError('level must be non-negative');
  spend(evaluation, list.length);
  return list.flatMap((item) =>
    Array.isArray(item) && depth > 0n ? flatten(item, depth - 1n, evaluation) : [item],
  );
}

function range(end: bigint, evaluation: Evaluation): List {
  const length = Math.max(0, Number(end));
  spend(evaluation, length);
  return Array.from({ length }, (_, index) => BigInt(index));
}

function sum(list: List, evaluation: Evaluation): unknown {
  spend(evaluation, list.length / 2);
  if (list.every((item) => typeof item === 'bigint'))
    return list.reduce((total: bigint, item) => total + item, 0n);
  if (list.every((item) => typeof item === 'number'))
    return list.reduce((total: number, item) => total + item, 0);
  throw new CelError('no such overload');
}

const size = (value: unknown, evaluation: Evaluation): bigint => BigInt(mapKeys(value, evaluation).length);

/** Lists, maps, sets and optionals: CEL's own, Kubernetes' lists library and cel-go's sets. */
export const lists: FunctionTable = {
  'size(list<A>): int': (list: List) => BigInt(list.length),
  'size(map<A, B>): int': size,
  'size(bytes): int': (bytes: Uint8Array) => BigInt(bytes.length),
  'list<A>.size(): int': (list: List) => BigInt(list.length),
  'map<A, B>.size(): int': size,
  'bytes.size(): int': (bytes: Uint8Array) => BigInt(bytes.length),
  'list<string>.join(): string': (list: List, evaluation: Evaluation) => join(list, '', evaluation),
  'list<string>.join(string): string': join,
  'list<A>.isSorted(): bool': (list: List, evaluation: Evaluation) =>
    list.every((item, index) => index === 0 || order(list[index - 1], item, evaluation) <= 0),
  'list<A>.sort(): list<A>': sort,
  'list<A>.reverse(): list<A>': (list: List) => list.toReversed(),
  'list<A>.distinct(): list<A>': (list: List, evaluation: Evaluation) => {
    const kept: unknown[] = [];
    for (const item of list) if (!includes(kept, item, evaluation)) kept.push(item);
    return kept;
  },
  'list<list<A>>.flatten(): list<A>': (list: List, evaluation: Evaluation) => flatten(list, 1n, evaluation),
  'list<dyn>.flatten(int): list<dyn>': flatten,
  'lists.range(int): list<int>': range,
  'list<A>.slice(int, int): list<A>': slice,
  'list<A>.indexOf(A): int': (list: List, item: unknown, evaluation: Evaluation) =>
    BigInt(list.findIndex((other) => equals(other, item, evaluation))),
  'list<A>.lastIndexOf(A): int': (list: List, item: unknown, evaluation: Evaluation) =>
    BigInt(list.findLastIndex((other) => equals(other, item, evaluation))),
  'list<A>.min(): A': (list: List, evaluation: Evaluation) => extreme(list, -1, evaluation),
  'list<A>.max(): A': (list: List, evaluation: Evaluation) => extreme(list, 1, evaluation),
  'list<A>.sum(): A': sum,
  'sets.contains(list<A>, list<A>): bool': containsAll,
  'sets.equivalent(list<A>, list<A>): bool': (a: List, b: List, evaluation: Evaluation) =>
    containsAll(a, b, evaluation) && containsAll(b, a, evaluation),
  'sets.intersects(list<A>, list<A>): bool': (a: List, b: List, evaluation: Evaluation) =>
    b.some((item) => includes(a, item, evaluation)),
  'optional.of(A): optional<A>': (value: unknown) => celObject('optional', value),
  'optional.none(): optional<A>': () => celObject('optional', undefined),
  'optional.ofNonZeroValue(A): optional<A>': (value: unknown, evaluation: Evaluation) =>
    celObject('optional', isZero(value, evaluation) ? undefined : value),
  'optional<A>.hasValue(): bool': ({ value }: CelObject) => value !== undefined,
  'optional<A>.value(): A': ({ value }: CelObject) => {
    if (value === undefined) throw new CelError('optional.none() dereference');
    return value;
  },
};

function isZero(value: unknown, evaluation: Evaluation): boolean {
  if (value === null || value === '' || value === false) return true;
  const number = numberOf(value);
  if (number !== undefined) return Number(number) === 0;
  if (Array.isArray(value)) return value.length === 0;
  return kindOf(value) === 'map' && mapKeys(value, evaluation).length === 0;
}

import { equals } from './cel-equality.ts';
import type { FunctionTable } from './cel-function.ts';
import { concatenate } from './cel-keyed-list.ts';
import {
  CelError,
  type CelObject,
  celObject,
  checkedInt,
  type Evaluation,
  mapMember,
  numberOf,
  uintOf,
} from './cel-value.ts';

type List = readonly unknown[];
const of = (value: CelObject): bigint => value.value as bigint;

function divisor(value: bigint, doing: string): bigint {
  if (value === 0n) throw new CelError(`${doing} by zero`);
  return value;
}

/** Order across numbers, and of equal kinds otherwise. */
export function compare(a: unknown, b: unknown): number {
  const [x, y] = [numberOf(a) ?? plain(a), numberOf(b) ?? plain(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function plain(value: unknown): string | number | bigint {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return Buffer.from(value).toString('latin1');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return (value as CelObject).value as number | bigint;
}

const comparable = [
  'number, number',
  'string, string',
  'bool, bool',
  'bytes, bytes',
  'timestamp, timestamp',
  'duration, duration',
];
const comparisons: Record<string, (order: number) => boolean> = {
  '_<_': (order) => order < 0,
  '_<=_': (order) => order <= 0,
  '_>_': (order) => order > 0,
  '_>=_': (order) => order >= 0,
};
const compared: FunctionTable = Object.fromEntries(
  Object.entries(comparisons).flatMap(([name, test]) =>
    comparable.map((pair) => [`${name}(${pair}): bool`, (a: unknown, b: unknown) => test(compare(a, b))]),
  ),
);

/** CEL's operators as functions. Integers are checked for overflow; int and double never mix in arithmetic. */
export const operators: FunctionTable = {
  ...compared,
  '_==_(A, A): bool': (a: unknown, b: unknown, evaluation: Evaluation) => equals(a, b, evaluation),
  '_!=_(A, A): bool': (a: unknown, b: unknown, evaluation: Evaluation) => !equals(a, b, evaluation),
  '_+_(int, int): int': (a: bigint, b: bigint) => checkedInt(a + b),
  '_+_(uint, uint): uint': (a: CelObject, b: CelObject) => uintOf(of(a) + of(b)),
  '_+_(double, double): double': (a: number, b: number) => a + b,
  '_+_(string, string): string': (a: string, b: string) => a + b,
  '_+_(bytes, bytes): bytes': (a: Uint8Array, b: Uint8Array) => new Uint8Array(Buffer.concat([a, b])),
  '_+_(list<A>, list<A>): list<A>': concatenate,
  '_+_(timestamp, duration): timestamp': (a: CelObject, b: CelObject) =>
    celObject('timestamp', of(a) + of(b)),
  '_+_(duration, timestamp): timestamp': (a: CelObject, b: CelObject) =>
    celObject('timestamp', of(a) + of(b)),
  '_+_(duration, duration): duration': (a: CelObject, b: CelObject) => celObject('duration', of(a) + of(b)),
  '_-_(int, int): int': (a: bigint, b: bigint) => checkedInt(a - b),
  '_-_(uint, uint): uint': (a: CelObject, b: CelObject) => uintOf(of(a) - of(b)),
  '_-_(double, double): double': (a: number, b: number) => a - b,
  '_-_(timestamp, duration): timestamp': (a: CelObject, b: CelObject) =>
    celObject('timestamp', of(a) - of(b)),
  '_-_(timestamp, timestamp): duration': (a: CelObject, b: CelObject) => celObject('duration', of(a) - of(b)),
  '_-_(duration, duration): duration': (a: CelObject, b: CelObject) => celObject('duration', of(a) - of(b)),
  '_*_(int, int): int': (a: bigint, b: bigint) => checkedInt(a * b),
  '_*_(uint, uint): uint': (a: CelObject, b: CelObject) => uintOf(of(a) * of(b)),
  '_*_(double, double): double': (a: number, b: number) => a * b,
  '_/_(int, int): int': (a: bigint, b: bigint) => checkedInt(a / divisor(b, 'division')),
  '_/_(uint, uint): uint': (a: CelObject, b: CelObject) => uintOf(of(a) / divisor(of(b), 'division')),
  '_/_(double, double): double': (a: number, b: number) => a / b,
  '_%_(int, int): int': (a: bigint, b: bigint) => a % divisor(b, 'modulus'),
  '_%_(uint, uint): uint': (a: CelObject, b: CelObject) => uintOf(of(a) % divisor(of(b), 'modulus')),
  '-_(int): int': (a: bigint) => checkedInt(-a),
  '-_(double): double': (a: number) => -a,
  '!_(bool): bool': (a: boolean) => !a,
  '@in(A, list<A>): bool': (item: unknown, list: List, evaluation: Evaluation) =>
    list.some((other) => equals(item, other, evaluation)),
  '@in(A, map<A, B>): bool': (key: unknown, map: unknown) => mapMember(map, key) !== undefined,
  '_[_](list<A>, number): A': (list: List, index: unknown) => {
    const at = Number(numberOf(index));
    if (!Number.isInteger(at)) throw new CelError(`unsupported index value ${at} in list`);
    if (at < 0 || at >= list.length) throw new CelError(`index out of bounds: ${at}`);
    return list[at];
  },
  '_[_](map<A, B>, A): B': (map: unknown, key: unknown) => {
    const value = mapMember(map, key);
    if (value === undefined) throw new CelError(`no such key: ${String(numberOf(key) ?? key)}`);
    return value;
  },
};

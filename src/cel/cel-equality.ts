import { isSet, keysOf } from './cel-keyed-list.ts';
import {
  type CelObject,
  type Evaluation,
  isCelObject,
  kindOf,
  mapKeys,
  mapMember,
  numberOf,
  spend,
} from './cel-value.ts';

/** CEL's equality: heterogeneous, numbers by value, never an error. */
export function equals(a: unknown, b: unknown, evaluation: Evaluation): boolean {
  spend(evaluation, 1);
  const [x, y] = [numberOf(a), numberOf(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number compare by value only so
  if (x !== undefined && y !== undefined) return x == y;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  if (kind === 'string') {
    spend(evaluation, (a as string).length / 100);
    return a === b;
  }
  if (kind === 'list') {
    return sameList(a as readonly unknown[], b as readonly unknown[], evaluation);
  }
  if (kind === 'map') {
    const [left, right] = [mapKeys(a, evaluation), mapKeys(b, evaluation)];
    return (
      left.length === right.length &&
      left.every((key) => {
        const other = mapMember(b, key);
        return other !== undefined && equals(mapMember(a, key), other, evaluation);
      })
    );
  }
  if (kind === 'bytes') {
    spend(evaluation, (a as Uint8Array).length / 100);
    return Buffer.compare(a as Uint8Array, b as Uint8Array) === 0;
  }
  if (isCelObject(a) && isCelObject(b)) {
    return typeof a.value === 'object' ? a === b || sameObject(a, b, evaluation) : a.value === b.value;
  }
  return a === b;
}

function sameObject(a: CelObject, b: CelObject, evaluation: Evaluation): boolean {
  return kindOf(a) === 'optional' && equals(a.value, b.value, evaluation);
}

/** Of a list whose elements have keys the order says nothing; the one on the left decides. */
function sameList(left: readonly unknown[], right: readonly unknown[], evaluation: Evaluation): boolean {
  if (left.length !== right.length) return false;
  const keyOf = keysOf(left, evaluation);
  if (keyOf === undefined) return left.every((item, index) => equals(item, right[index], evaluation));
  const known = new Map(left.map((item) => [keyOf(item), item]));
  return right.every((item) => {
    const key = keyOf(item);
    return known.has(key) && (isSet(left) || equals(known.get(key), item, evaluation));
  });
}

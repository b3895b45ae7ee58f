import { CelError, type CelObject, type Evaluation, kindOf, mapKeys, mapMember } from './cel-value.ts';

/** A result exists already: what bounds it is its length. */
const unlimited: Evaluation = { slots: [], left: Infinity };

/** Characters that a result may have as JSON: a short expression can name a long text many times. */
const LONGEST = 16_384;

/**
 * A result as a JSON value.
 * @returns undefined for null and for an empty optional: they stand for nothing
 * @throws CelError for what has no form in JSON (a timestamp, the claims as a whole), for an int beyond 2^53, and for more
 *   than 16 384 characters
 */
export function jsonOf(result: unknown): unknown {
  let left = LONGEST;
  const count = (characters: number): void => {
    left -= characters;
    if (left < 0) throw new CelError(`the result is longer than ${LONGEST} characters`);
  };
  const convert = (value: unknown): unknown => {
    count(2);
    const kind = kindOf(value);
    switch (kind) {
      case 'string':
        count((value as string).length);
        return value;
      case 'bool':
        return value;
      case 'double':
        if (!Number.isFinite(value)) throw new CelError('JSON has no such number');
        return value;
      case 'int':
        return numberOf(value as bigint);
      case 'uint':
        return numberOf((value as CelObject).value as bigint);
      case 'null_type':
        return null;
      case 'optional':
        return (value as CelObject).value === undefined ? null : convert((value as CelObject).value);
      case 'list':
        return (value as readonly unknown[]).map(convert);
      case 'map':
        return Object.fromEntries(
          mapKeys(value, unlimited).map((key) => [nameOf(key), convert(mapMember(value, key))]),
        );
      default:
        throw new CelError(`JSON has no form for a ${kind}`);
    }
  };
  const nameOf = (key: unknown): string => {
    if (typeof key !== 'string') throw new CelError('only a text can be the name of a member');
    count(key.length);
    return key;
  };
  return convert(result) ?? undefined;
}

/** A JSON value as expressions see one that no schema describes: whole numbers are ints. */
export function valueOfJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(valueOfJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, valueOfJson(member)]));
}

function numberOf(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new CelError('JSON has no exact form for so large an int');
  return number;
}

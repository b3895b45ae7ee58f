/** Keys from `start` (inclusive) to `end` (exclusive; undefined: to the last key). */
export interface KeyRange {
  readonly start: string;
  readonly end: string | undefined;
}

const LOWEST = '\0';

/**
 * Orders keys by their UTF-8 bytes, which is the order of code points. JavaScript's `<` compares UTF-16 units and would
 * put an astral character (a surrogate pair, 0xD800…) before U+E000…U+FFFF, unlike SQLite, PostgreSQL "C" and etcd.
 */
export function compareKeys(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    if (a < 0xd800 || b < 0xd800) return a - b;
    return (isSurrogate(a) ? a + 0x10000 : a) - (isSurrogate(b) ? b + 0x10000 : b);
  }
  return left.length - right.length;
}

/** The smallest string greater than every string with this prefix; undefined when there is none. */
export function prefixEnd(prefix: string): string | undefined {
  let rest = prefix;
  while (rest !== '') {
    const last =
      rest.length > 1 && isLowSurrogate(rest.charCodeAt(rest.length - 1)) ? rest.length - 2 : rest.length - 1;
    const point = rest.codePointAt(last) ?? 0;
    rest = rest.slice(0, last);
    // U+D800…U+DFFF are no characters: the one after U+D7FF is U+E000.
    if (point < 0x10ffff) return rest + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}

/** The range of the keys that have the prefix, lie after `after` and before `before`. */
export function keyRange(prefix: string, after?: string, before?: string): KeyRange {
  // The smallest string greater than `after` is `after` followed by the smallest character.
  const next = after === undefined ? prefix : after + LOWEST;
  const last = prefixEnd(prefix);
  return {
    start: compareKeys(next, prefix) > 0 ? next : prefix,
    end: before !== undefined && (last === undefined || compareKeys(before, last) < 0) ? before : last,
  };
}

/** Whether every store keeps this text as it is. Lone surrogates have no UTF-8 form; PostgreSQL refuses NUL. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

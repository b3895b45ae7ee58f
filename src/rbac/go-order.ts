/**
 * Orders strings as Go does: by their UTF-8 bytes. JavaScript's own order differs where characters beyond U+FFFF
 * (surrogates in a string) meet those from U+E000 on.
 */
export function goOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) {
      return difference;
    }
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

const SMALL = /^[+-]?[0-9]{1,15}$/;
const DECIMAL = /^[+-]?[0-9]+$/;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Reads a decimal number as Go's strconv.ParseInt(text, 10, 64) does.
 * @returns the value, or the text after `strconv.ParseInt: parsing "…": ` when it is none.
 */
export function parseGoInt64(text: string): bigint | number | 'invalid syntax' | 'value out of range' {
  if (SMALL.test(text)) return Number(text);
  if (!DECIMAL.test(text)) return 'invalid syntax';
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value < MIN_INT64 || value > MAX_INT64 ? 'value out of range' : value;
}

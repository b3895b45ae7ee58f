/** Source: apimachinery/pkg/api/resource/quantity.go. */
export const quantityPatternText = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

export const quantityPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})?$/;

export function isQuantity(text: string): boolean {
  return text.length <= maxLength && quantityPattern.test(text);
}

/** The bound keeps a megabyte of digits from becoming a bignum. */
const maxLength = 64;

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A quantity as an exact count of nanounits, and the notation that it was written in. */
interface Parsed {
  readonly nano: bigint;
  readonly notation: 'decimal' | 'binary' | 'exponent';
}

/**
 * The canonical form of a quantity: the largest suffix that leaves no fraction (`1000m` is `1`, `0.5` is `500m`,
 * `1024Mi` is `1Gi`). Below a nanounit it rounds up, as Kubernetes does. A text that is no quantity comes back as it is.
 */
export function canonicalQuantity(value: string | number): string {
  const text = String(value);
  const parsed = parse(text);
  return parsed === undefined ? text : print(parsed);
}

/** The sum, in the first one's notation. A text that is no quantity is zero. */
export function addQuantities(a: string, b: string): string {
  const [first, second] = [parse(a), parse(b)];
  const nano = (first?.nano ?? 0n) + (second?.nano ?? 0n);
  const isFirst = first !== undefined && first.nano !== 0n;
  return print({ nano, notation: (isFirst ? first : second)?.notation ?? 'decimal' });
}

/** The difference, in the first one's notation. A text that is no quantity is zero. */
export function subtractQuantities(a: string, b: string): string {
  const [first, second] = [parse(a), parse(b)];
  const nano = (first?.nano ?? 0n) - (second?.nano ?? 0n);
  return print({ nano, notation: first?.notation ?? 'decimal' });
}

function print(parsed: Parsed): string {
  if (parsed.nano === 0n) return '0';
  // A binary quantity of less than 1024, or with a fraction, is printed in decimal notation.
  const magnitude = parsed.nano < 0n ? -parsed.nano : parsed.nano;
  const isWholeBinary = magnitude >= 1024n * nanoPerUnit && parsed.nano % nanoPerUnit === 0n;
  if (parsed.notation === 'binary' && isWholeBinary) return printBinary(parsed.nano / nanoPerUnit);
  return printDecimal(parsed.nano, parsed.notation === 'exponent');
}

/** Negative, zero or positive, as the first quantity is smaller, equal or larger. A text that is no quantity is zero. */
export function compareQuantities(a: string, b: string): number {
  const difference = (parse(a)?.nano ?? 0n) - (parse(b)?.nano ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** How many times the second quantity the first one is. */
export function quantityRatio(a: string, b: string): number {
  return Number(parse(a)?.nano ?? 0n) / Number(parse(b)?.nano ?? 0n);
}

const nanoPerUnit = 1_000_000_000n;

function parse(text: string): Parsed | undefined {
  if (!isQuantity(text)) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/s.exec(text) ?? [];
  const { factor, digits, notation } = scaleOf(suffix);
  const scaled = BigInt(`${whole}${fraction}` || '0') * factor;
  const nano = shift(scaled, digits - fraction.length + 9);
  return { nano: sign === '-' ? -nano : nano, notation };
}

/** A suffix as `factor * 10^digits`. */
function scaleOf(suffix: string): { factor: bigint; digits: number; notation: Parsed['notation'] } {
  const decimal = decimalSuffixes.indexOf(suffix);
  if (decimal >= 0) return { factor: 1n, digits: (decimal - 3) * 3, notation: 'decimal' };
  const binary = binarySuffixes.indexOf(suffix);
  if (binary > 0) return { factor: 1024n ** BigInt(binary), digits: 0, notation: 'binary' };
  return { factor: 1n, digits: Number(suffix.slice(1)), notation: 'exponent' };
}

/** value * 10^digits, rounded up. */
function shift(value: bigint, digits: number): bigint {
  if (digits >= 0) return value * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(-digits);
  return (value + divisor - 1n) / divisor;
}

function printBinary(units: bigint): string {
  let step = 0;
  let rest = units;
  while (step < binarySuffixes.length - 1 && rest % 1024n === 0n) {
    rest /= 1024n;
    step += 1;
  }
  return `${rest}${binarySuffixes[step] ?? ''}`;
}

function printDecimal(nano: bigint, asExponent: boolean): string {
  let step = 0;
  let rest = nano;
  while (step < decimalSuffixes.length - 1 && rest % 1000n === 0n) {
    rest /= 1000n;
    step += 1;
  }
  const exponent = (step - 3) * 3;
  if (asExponent) return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
  return `${rest}${decimalSuffixes[step] ?? ''}`;
}

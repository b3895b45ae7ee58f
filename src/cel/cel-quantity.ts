import type { FunctionTable } from './cel-function.ts';
import { CelError, type CelObject, celObject, maximumInt, minimumInt } from './cel-value.ts';

const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?$/;
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const nanoPerUnit = 1_000_000_000n;

/** A quantity in nanounits, rounded up; undefined for a text that is none. */
function parse(text: string): bigint | undefined {
  const [all, sign, digits = '', suffix = ''] = text.length > 64 ? [] : (pattern.exec(text) ?? []);
  if (all === undefined) return undefined;
  const [whole = '', fraction = ''] = digits.split('.');
  const { factor, power } = scaleOf(suffix);
  const exponent = power - fraction.length + 9;
  const value = BigInt(`${whole}${fraction}` || '0') * factor;
  const nano = exponent >= 0 ? value * 10n ** BigInt(exponent) : divideUp(value, 10n ** BigInt(-exponent));
  return sign === '-' ? -nano : nano;
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** A suffix as `factor * 10^power`. */
function scaleOf(suffix: string): { factor: bigint; power: number } {
  const at = decimal.indexOf(suffix);
  if (at >= 0) return { factor: 1n, power: (at - 3) * 3 };
  const step = binary.indexOf(suffix);
  return step > 0
    ? { factor: 1024n ** BigInt(step), power: 0 }
    : { factor: 1n, power: Number(suffix.slice(1)) };
}

const of = ({ value }: CelObject): bigint => value as bigint;
const quantity = (nano: bigint): CelObject => celObject('kubernetes.Quantity', nano);
const isInteger = (nano: bigint): boolean =>
  nano % nanoPerUnit === 0n && nano / nanoPerUnit <= maximumInt && nano / nanoPerUnit >= minimumInt;

/** Kubernetes' quantity library. Source: apiserver/pkg/cel/library/quantity.go. */
export const quantities: FunctionTable = {
  'isQuantity(string): bool': (text: string) => parse(text) !== undefined,
  'quantity(string): kubernetes.Quantity': (text: string) => {
    const nano = parse(text);
    if (nano === undefined) {
      throw new CelError(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }
    return quantity(nano);
  },
  'kubernetes.Quantity.sign(): int': (value: CelObject) => (of(value) > 0n ? 1n : of(value) < 0n ? -1n : 0n),
  'kubernetes.Quantity.isInteger(): bool': (value: CelObject) => isInteger(of(value)),
  'kubernetes.Quantity.asInteger(): int': (value: CelObject) => {
    if (!isInteger(of(value))) throw new CelError('cannot convert value to integer');
    return of(value) / nanoPerUnit;
  },
  'kubernetes.Quantity.asApproximateFloat(): double': (value: CelObject) => Number(of(value)) / 1e9,
  'kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity': (a: CelObject, b: CelObject) =>
    quantity(of(a) + of(b)),
  'kubernetes.Quantity.add(int): kubernetes.Quantity': (a: CelObject, b: bigint) =>
    quantity(of(a) + b * nanoPerUnit),
  'kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity': (a: CelObject, b: CelObject) =>
    quantity(of(a) - of(b)),
  'kubernetes.Quantity.sub(int): kubernetes.Quantity': (a: CelObject, b: bigint) =>
    quantity(of(a) - b * nanoPerUnit),
  'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool': (a: CelObject, b: CelObject) =>
    of(a) > of(b),
  'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool': (a: CelObject, b: CelObject) => of(a) < of(b),
  'kubernetes.Quantity.compareTo(kubernetes.Quantity): int': (a: CelObject, b: CelObject) =>
    of(a) > of(b) ? 1n : of(a) < of(b) ? -1n : 0n,
};

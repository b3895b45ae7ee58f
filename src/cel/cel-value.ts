/** A value that JSON has no form for (a uint, an optional, a timestamp), told from every JSON object by a symbol. */
export interface CelObject {
  readonly [kindSymbol]: string;
  readonly value: unknown;
}

const kindSymbol = Symbol('CEL kind');

/** An expression that has no value. `fatal`: the evaluation's limit was reached, which no `||` may hide. */
export class CelError extends Error {
  override readonly name = 'CelError';
  readonly fatal: boolean;

  constructor(message: string, fatal = false) {
    super(message);
    this.fatal = fatal;
  }
}

/** One evaluation: its variables, and the work it may still do. */
export interface Evaluation {
  readonly slots: unknown[];
  left: number;
}

/** Kubernetes: an evaluation beyond the limit is an error. Here it also bounds how long the event loop is held. */
export function spend(evaluation: Evaluation, units: number): void {
  evaluation.left -= units;
  if (evaluation.left < 0) throw new CelError('operation cancelled: actual cost limit exceeded', true);
}

export function celObject(kind: string, value: unknown): CelObject {
  return { [kindSymbol]: kind, value };
}

export function isCelObject(value: unknown): value is CelObject {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, kindSymbol);
}

/** What split and findAll return: kube-apiserver does not take it as the result of an expression. */
const nativeLists = new WeakSet<object>();

export function nativeList(texts: readonly string[]): readonly string[] {
  nativeLists.add(texts);
  return texts;
}

export function isNativeList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && nativeLists.has(value);
}

/** The run-time type's name. JSON numbers are doubles; ints are bigint. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'double';
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    case 'object':
      if (value === null) return 'null_type';
      if (Array.isArray(value)) return 'list';
      if (value instanceof Uint8Array) return 'bytes';
      return isCelObject(value) ? value[kindSymbol] : 'map';
    default:
      return 'null_type';
  }
}

/** A member of a map (a JSON object or a literal), or undefined. */
export function mapMember(map: unknown, key: unknown): unknown {
  if (map instanceof Map)
    return map.get(typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key);
  if (typeof key !== 'string' || typeof map !== 'object' || map === null) return undefined;
  return Object.hasOwn(map, key) ? (map as Record<string, unknown>)[key] : undefined;
}

/** The keys of a map. Finding them takes as long as there are many, so that they are paid for. */
export function mapKeys(map: unknown, evaluation: Evaluation): readonly unknown[] {
  const keys = map instanceof Map ? [...map.keys()] : Object.keys(map as object);
  spend(evaluation, keys.length);
  return keys;
}

export const maximumInt = 2n ** 63n - 1n;
export const minimumInt = -(2n ** 63n);

export function checkedInt(value: bigint): bigint {
  if (value > maximumInt || value < minimumInt) throw new CelError('integer overflow');
  return value;
}

export function uintOf(value: bigint): CelObject {
  if (value < 0n || value >= 2n ** 64n) throw new CelError('unsigned integer overflow');
  return celObject('uint', value);
}

/** The number as it compares across int, uint and double; undefined for anything else. */
export function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return kindOf(value) === 'uint' ? ((value as CelObject).value as bigint) : undefined;
}

/** As Go's %g prints a double: 4.1024448e+09. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

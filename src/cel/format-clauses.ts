import type { FunctionTable } from './cel-function.ts';
import { CelError, type CelObject, type Evaluation, kindOf, spend } from './cel-value.ts';
import { type Clause, interpolate } from './interpolate.ts';
import { typeName } from './type-name.ts';
import { textOfValue } from './write-value.ts';

/** What a clause can be used on, and how it writes it. */
interface ClauseKind {
  readonly takes: ReadonlySet<string>;
  /** What is said of a value that it cannot be used on. */
  readonly refusal: string;
  write(value: unknown, precision: number, evaluation: Evaluation): string;
}

const kinds = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const whole = (value: unknown): bigint =>
  typeof value === 'bigint' ? value : ((value as CelObject).value as bigint);

/** A text may stand for a number that has no digits. */
function doubleOf(value: unknown, refusal: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw new CelError(`${refusal}, was given string`);
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** As golang.org/x/text writes it for en_US. */
function scientific(value: number, precision: number): string {
  if (!Number.isFinite(value)) return fixed(value, precision);
  const [mantissa = '', power = ''] = value.toExponential(precision).split('e');
  const digits = power.slice(1).padStart(2, '0');
  const raised = [...digits].map((digit) => superscripts.charAt(Number(digit))).join('');
  return `${mantissa}\u202F×\u202F10${power.startsWith('-') ? '⁻' : ''}${raised}`;
}

/** By precision; they are dear to make. */
const formatters = new Map<number, Intl.NumberFormat>();

function fixed(value: number, precision: number): string {
  const digits = { minimumFractionDigits: precision, maximumFractionDigits: precision };
  const formatter = formatters.get(precision) ?? new Intl.NumberFormat('en-US', digits);
  formatters.set(precision, formatter);
  return formatter.format(value);
}

function hexadecimal(value: unknown): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : whole(value).toString(16);
}

/** In steps: formatting by a locale takes its time. */
const doubleCost = 200;

const onDoubles = (name: string, print: (value: number, precision: number) => string): ClauseKind => {
  const refusal = `${name} clause can only be used on doubles`;
  return {
    takes: kinds('double string'),
    refusal,
    write(value, precision, evaluation) {
      spend(evaluation, doubleCost);
      return print(doubleOf(value, refusal), precision);
    },
  };
};

const onHex = (turn: (digits: string) => string): ClauseKind => ({
  takes: kinds('int uint string bytes'),
  refusal: 'only integers, byte buffers, and strings can be formatted as hex',
  write: (value) => turn(hexadecimal(value)),
});

/** Source: cel-go ext/formatting.go stringFormatter, for the locale en_US. */
export const clauseKinds: Readonly<Record<string, ClauseKind>> = {
  s: {
    takes: kinds('list map int uint double bool string timestamp bytes duration type null_type'),
    refusal:
      'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    write: (value, _, evaluation) => textOfValue(value, evaluation),
  },
  d: {
    takes: kinds('int uint'),
    refusal: 'decimal clause can only be used on integers',
    write: (value) => String(whole(value)),
  },
  f: onDoubles('fixed-point', fixed),
  e: onDoubles('scientific', scientific),
  b: {
    takes: kinds('int uint bool'),
    refusal: 'only integers and bools can be formatted as binary',
    write: (value) => (typeof value === 'boolean' ? String(Number(value)) : whole(value).toString(2)),
  },
  x: onHex((digits) => digits),
  X: onHex((digits) => digits.toUpperCase()),
  o: {
    takes: kinds('int uint'),
    refusal: 'octal clause can only be used on integers',
    write: (value) => whole(value).toString(8),
  },
};

const defaultPrecision = 6;

/** A value as a clause writes it. Throws CelError. */
function writeClause({ verb, precision }: Clause, value: unknown, evaluation: Evaluation): string {
  const kind = clauseKinds[verb];
  const given = kindOf(value);
  try {
    if (kind?.takes.has(given) !== true) {
      throw new CelError(`${kind?.refusal ?? ''}, was given ${typeName(given)}`);
    }
    const written = kind.write(value, precision ?? defaultPrecision, evaluation);
    spend(evaluation, written.length / 10);
    return written;
  } catch (error) {
    if (!(error instanceof CelError) || error.fatal) throw error;
    throw new CelError(`error during formatting: ${error.message}`);
  }
}

/** cel-go's ext.Strings: format(). */
export const textFormats: FunctionTable = {
  'string.format(list<dyn>): string': (text: string, values: readonly unknown[], evaluation: Evaluation) =>
    interpolate(text, values.length, (clause, index) => writeClause(clause, values[index], evaluation)),
};

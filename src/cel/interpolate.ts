import { CelError } from './cel-value.ts';

/** One place of a format text that stands for a value: `%.3f`. */
export interface Clause {
  readonly verb: string;
  /** Digits after the point; undefined when the text does not say. */
  readonly precision: number | undefined;
}

/** More digits than any double has that is not mostly zeros. */
const maximumPrecision = 100;

/**
 * A format text with its clauses written by `write`. Throws CelError.
 * Source: cel-go ext/formatting.go parseFormatString.
 * @param count how many values there are
 */
export function interpolate(
  text: string,
  count: number,
  write: (clause: Clause, index: number) => string,
): string {
  let index = 0;
  return text.replaceAll(
    /%(?:%|(\.\d*)?(.?))/gs,
    (all, dot: string | undefined, verb: string | undefined) => {
      if (all === '%%') return '%';
      if (index >= count) throw new CelError(`index ${index} out of range`);
      if (all === '%') throw new CelError('unexpected end of string');
      return write(readClause(dot, verb ?? ''), index++);
    },
  );
}

function readClause(dot: string | undefined, verb: string): Clause {
  const precision = dot === undefined ? undefined : readPrecision(dot.slice(1), verb);
  if (!'sdfebxXo'.includes(verb)) {
    throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
  return { verb, precision };
}

function readPrecision(digits: string, verb: string): number {
  const failed = (why: string): CelError =>
    new CelError(`could not parse formatting clause: error while parsing precision: ${why}`);
  if (verb === '') throw failed('could not find end of precision specifier');
  const precision = Number(digits);
  if (digits === '') {
    throw failed('error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax');
  }
  if (precision > maximumPrecision) {
    throw failed(`precision ${digits} exceeds maximum allowed precision ${maximumPrecision}`);
  }
  return precision;
}

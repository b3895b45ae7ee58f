import { isJsonObject } from '../../schema/index.ts';

/** One step down from values to values. */
type Step = (value: unknown) => readonly unknown[];

/** Finds the values that a path leads to; none where members are missing. */
export type JsonPath = (value: unknown) => readonly unknown[];

/** Where the reading of a path stands. */
interface Reader {
  readonly text: string;
  at: number;
}

/**
 * A path as printer columns and selectable fields have it: members, quoted members, indices, slices, `*`, `..` and filters
 * that compare (`[?(@.type=="Ready")]`). Undefined for a text that is none.
 * Source: client-go/util/jsonpath.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  const reader: Reader = { text, at: 0 };
  const steps: Step[] = [];
  while (reader.at < text.length) {
    const step = readStep(reader);
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return (value) => steps.reduce<readonly unknown[]>((values, step) => values.flatMap(step), [value]);
}

function readStep(reader: Reader): Step | undefined {
  if (take(reader, /\.\./y) !== undefined) return everyValueBelow;
  if (take(reader, /\[/y) !== undefined) return readBracket(reader);
  // A lone dot is the value itself.
  if (take(reader, /\.(?=$|\[)/y) !== undefined) return (value) => [value];
  if (take(reader, /\.?\*/y) !== undefined) return everyMember;
  const name = take(reader, /\.?((?:\\.|[^.[\]\\*@?(){}'"\s])+)/y)?.[1];
  return name === undefined ? undefined : memberStep(name.replaceAll(/\\(.)/g, '$1'));
}

function readBracket(reader: Reader): Step | undefined {
  if (take(reader, /\*\]/y) !== undefined) return everyMember;
  const quoted = take(reader, /'((?:\\.|[^'\\])*)'\]/y)?.[1] ?? take(reader, /"((?:\\.|[^"\\])*)"\]/y)?.[1];
  if (quoted !== undefined) return memberStep(quoted.replaceAll(/\\(.)/g, '$1'));
  const index = take(reader, /(-?\d+)\]/y)?.[1];
  if (index !== undefined) return (value) => (Array.isArray(value) ? present(value.at(Number(index))) : []);
  const slice = take(reader, /(-?\d*):(-?\d*)\]/y);
  if (slice !== undefined) {
    const [, from = '', to = ''] = slice;
    const bounds = [from === '' ? 0 : Number(from), to === '' ? undefined : Number(to)] as const;
    return (value) => (Array.isArray(value) ? value.slice(...bounds) : []);
  }
  const filter = take(
    reader,
    /\?\(\s*(@[^=!<>)\s]*)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^\s)]+)\s*)?\)\]/y,
  );
  return filter && filterStep(filter[1] ?? '@', filter[2], filter[3]);
}

function filterStep(left: string, operator: string | undefined, right = ''): Step | undefined {
  const read = parseJsonPath(left.slice(1));
  if (read === undefined) return undefined;
  const wanted = /^['"]/.test(right) ? right.slice(1, -1) : literal(right);
  return (value) =>
    (Array.isArray(value) ? value : []).filter((item) => {
      const [found] = read(item);
      return operator === undefined ? found !== undefined : compares(found, operator, wanted);
    });
}

function literal(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function compares(found: unknown, operator: string, wanted: unknown): boolean {
  if (found === undefined || typeof found !== typeof wanted) return false;
  if (operator === '==') return found === wanted;
  if (operator === '!=') return found !== wanted;
  const [a, b] = [found as string | number, wanted as string | number];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function memberStep(name: string): Step {
  return (value) => (isJsonObject(value) && Object.hasOwn(value, name) ? [value[name]] : []);
}

function present(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value];
}

const everyMember: Step = (value) => {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
};

const everyValueBelow: Step = (value) => [value, ...everyMember(value).flatMap(everyValueBelow)];

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text) ?? undefined;
  if (match !== undefined) reader.at = pattern.lastIndex;
  return match;
}

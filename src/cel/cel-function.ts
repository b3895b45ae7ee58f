import { type CelType, readType, splitTypes } from './cel-type.ts';
import { type Evaluation, kindOf, numberOf, spend } from './cel-value.ts';

/** One form of a function. A method's receiver is its first parameter. */
export interface Overload {
  readonly method: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  /** Receives arguments of the declared kinds, then the evaluation. */
  readonly run: (...args: never[]) => unknown;
}

export type FunctionTable = Readonly<Record<string, Handler>>;
/** `never` in parameter position takes a handler of any parameters; dispatch by kind makes it sound. */
type Handler = (...args: never[]) => unknown;

/** Words before a dot that are no receiver. */
export const namespaces: ReadonlySet<string> = new Set(['sets', 'lists', 'optional', 'ip', 'format']);

/** Reads declarations such as `string.charAt(int): string` and `isURL(string): bool`. */
export function readFunctions(...tables: readonly FunctionTable[]): ReadonlyMap<string, readonly Overload[]> {
  const functions = new Map<string, Overload[]>();
  for (const [signature, run] of tables.flatMap((table) => Object.entries(table))) {
    const [, receiver, name = '', parameters = '', result = ''] =
      /^(?:(.+)\.)?([\w+\-*/%<>=![\]@]+)\((.*)\): (.+)$/.exec(signature) ?? [];
    const isNamespace = receiver !== undefined && namespaces.has(receiver);
    const method = receiver !== undefined && !isNamespace;
    const fullName = isNamespace ? `${receiver}.${name}` : name;
    const list = functions.get(fullName) ?? [];
    list.push({
      method,
      parameters: [...(method ? [readType(receiver)] : []), ...splitTypes(parameters)],
      result: readType(result),
      run,
    });
    functions.set(fullName, list);
  }
  return functions;
}

/** Calls the first overload whose parameters have the arguments' kinds; undefined when none has. */
export function dispatch(
  overloads: readonly Overload[],
  args: readonly unknown[],
  evaluation: Evaluation,
): { readonly value: unknown } | undefined {
  for (const argument of args) spend(evaluation, sizeOf(argument) / 20);
  const found = overloads.find(({ parameters }) =>
    parameters.every((parameter, index) => fits(parameter, args[index])),
  );
  if (found === undefined) return undefined;
  const value = found.run(...(args as never[]), evaluation as never);
  // Making a list takes longer than looking at one.
  spend(evaluation, sizeOf(value) / (Array.isArray(value) ? 4 : 10));
  return { value };
}

/** Only outermost kinds, as cel-go does; a handler checks the elements that it uses. */
function fits(parameter: CelType, value: unknown): boolean {
  if (parameter.name === 'dyn' || parameter.name.length === 1) return true;
  if (parameter.name === 'number') return numberOf(value) !== undefined;
  return parameter.name === kindOf(value);
}

function sizeOf(value: unknown): number {
  const isLong = typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array;
  return isLong ? value.length : 0;
}

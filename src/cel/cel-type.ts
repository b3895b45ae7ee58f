/** A static type; `any` is what a claim has: like dyn, but no range of a comprehension. */
export interface CelType {
  readonly name: string;
  readonly of: readonly CelType[];
  /** The members of an object, by the names that expressions call them. */
  readonly fields?: ReadonlyMap<string, CelType>;
  /** Of a declared text its most bytes, of a list or a map its most elements. */
  readonly most?: number;
}

export const type = (name: string, ...of: readonly CelType[]): CelType => ({ name, of });

/** An object with these members and no others. @param name as error texts call it */
export const objectType = (fields: ReadonlyMap<string, CelType>, name = 'object'): CelType => ({
  name,
  of: [],
  fields,
});

export const dyn = type('dyn');
export const any = type('any');
export const bool = type('bool');
/** What an expression with an error has, so that the error is reported once. */
export const broken = type('error');

export const isDynamic = ({ name }: CelType): boolean => name === 'dyn' || name === 'any' || name === 'error';

/** As cel-go prints it: list(string), map(string, any). */
export function printType({ name, of }: CelType): string {
  const printed = name === 'optional' ? 'optional_type' : name === 'null_type' ? 'null' : name;
  return of.length === 0 ? printed : `${printed}(${of.map(printType).join(', ')})`;
}

/** Reads `list<T>`, `map<string, list<string>>`; one capital letter is a type parameter. */
export function readType(text: string): CelType {
  const open = text.indexOf('<');
  if (open === -1) return type(text.trim());
  return type(text.slice(0, open).trim(), ...splitTypes(text.slice(open + 1, text.lastIndexOf('>'))));
}

export function splitTypes(text: string): readonly CelType[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '<') depth += 1;
    if (character === '>') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].filter((piece) => piece.trim() !== '').map((piece) => readType(piece.trim()));
}

const nullName = 'null_type';
const neverNull = new Set('bool bytes double int list map number string type uint'.split(' '));

/** What may be compared with null. Source: cel-go checker/types.go internalIsAssignableNull. */
const isNullable = ({ name }: CelType): boolean => !neverNull.has(name);

const isParameter = ({ name }: CelType): boolean => name.length === 1;

/** Whether a value of type `given` may stand where `wanted` is; fills in type parameters. */
export function accepts(wanted: CelType, given: CelType, parameters: Map<string, CelType>): boolean {
  if (isParameter(wanted)) {
    const known = parameters.get(wanted.name);
    if (known === undefined || isDynamic(known)) {
      parameters.set(wanted.name, given);
      return true;
    }
    return accepts(known, given, parameters);
  }
  if (isDynamic(given) || isDynamic(wanted)) return true;
  if (wanted.name === nullName) return given.name === nullName || isNullable(given);
  if (given.name === nullName) return isNullable(wanted);
  if (wanted.name === 'number') return ['int', 'uint', 'double'].includes(given.name);
  if (wanted.name !== given.name) return false;
  return wanted.of.every((part, index) => accepts(part, given.of[index] ?? dyn, parameters));
}

/** The type with its parameters filled in; one that nothing filled is dyn. */
export function resolve(given: CelType, parameters: ReadonlyMap<string, CelType>): CelType {
  if (isParameter(given)) return parameters.get(given.name) ?? dyn;
  return given.of.length === 0
    ? given
    : type(given.name, ...given.of.map((part) => resolve(part, parameters)));
}

/** The type of "one or the other", or undefined when they have none in common. */
export function join(a: CelType, b: CelType): CelType | undefined {
  if (isDynamic(a)) return a;
  if (isDynamic(b)) return b;
  return accepts(a, b, new Map()) ? a : undefined;
}

import type { CommandValues } from './command.ts';

/** A flag's text; undefined when it was not given. */
export function textValue(values: CommandValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of a flag that may be repeated. */
export function listValue(values: CommandValues, name: string): readonly string[] {
  const value = values[name];
  return typeof value === 'object' ? value : [];
}

export function switchValue(values: CommandValues, name: string): boolean {
  return values[name] === true;
}

import { type CommandOption, type CommandValues, UsageError } from '../command.ts';
import { switchValue, textValue } from '../command-values.ts';

export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'sarif' | 'name';

const FORMATS: readonly OutputFormat[] = ['table', 'wide', 'json', 'yaml'];

export interface OutputChoice {
  readonly format: OutputFormat;
  readonly headers: boolean;
}

/** The flags with which every question's answer is shaped. `formats`: what the command can do besides the usual four. */
export function outputOptions({
  fallback = 'table',
  formats = [],
}: {
  fallback?: OutputFormat;
  formats?: readonly OutputFormat[];
} = {}): Readonly<Record<string, CommandOption>> {
  return {
    output: {
      type: 'string',
      short: 'o',
      value: 'FORMAT',
      default: fallback,
      values: [...FORMATS, ...formats],
      description: `One of ${[...FORMATS, ...formats].join(', ')}`,
    },
    'no-headers': { type: 'boolean', description: 'Leave out the headers of tables' },
  };
}

/** @throws UsageError for a format that the command does not have */
export function chooseOutput(values: CommandValues, formats: readonly OutputFormat[] = []): OutputChoice {
  const given = textValue(values, 'output') ?? 'table';
  const allowed = [...FORMATS, ...formats];
  const format = allowed.find((candidate) => candidate === given);
  if (format === undefined) {
    throw new UsageError(
      `unable to match a printer suitable for the output format "${given}", allowed formats are: ${allowed.join(',')}`,
    );
  }
  return { format, headers: !switchValue(values, 'no-headers') };
}

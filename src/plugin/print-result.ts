import { stringify } from 'yaml';
import { exitCode, PluginError } from './exit.ts';
import { type Flags, textFlag } from './flags.ts';
import type { PluginDeps } from './invocation.ts';
import { oneLine, plainJson } from './terminal-text.ts';

export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';

/** An answer in all its forms. */
export interface Result {
  /** For example WhoAmI; in the objects of JSON and YAML. */
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly columns: readonly { readonly header: string; readonly wide?: true }[];
  /** A cell for each column. */
  readonly rows: readonly (readonly string[])[];
  /** For `-o name`: `type/name`, a line each. */
  readonly names?: readonly string[];
}

/** The value of -o/--output. `formats`: what the command has beside the table. Throws PluginError (usage). */
export function outputFormat(flags: Flags, formats: readonly OutputFormat[]): OutputFormat {
  const text = textFlag(flags, 'output') ?? 'table';
  const found = ['table' as const, ...formats].find((format) => format === text);
  if (found !== undefined) return found;
  throw new PluginError(
    exitCode.usage,
    `unable to match a printer suitable for the output format "${text}", allowed formats are: ${formats.join(',')}`,
  );
}

/** Prints as kubectl does: aligned columns, or an object with apiVersion and kind. */
export function printResult(
  result: Result,
  format: OutputFormat,
  { stdout }: Pick<PluginDeps, 'stdout'>,
): void {
  stdout(render(result, format));
}

function render(result: Result, format: OutputFormat): string {
  const object = { apiVersion: 'sallyport.dev/v1alpha1', kind: result.kind, ...result.body };
  switch (format) {
    case 'json':
      return `${plainJson(object, 2)}\n`;
    case 'yaml':
      // As JSON has it, without what is undefined; kubectl reads YAML 1.1.
      return stringify(JSON.parse(plainJson(object)), { lineWidth: 0, version: '1.1' });
    case 'name':
      return (result.names ?? []).map((name) => `${name}\n`).join('');
    default:
      return table(result, format === 'wide');
  }
}

/** A blank is a cell that is meant to be empty. */
function cellText(cell: string): string {
  return cell === '' ? '<none>' : oneLine(cell);
}

function table({ columns, rows }: Result, wide: boolean): string {
  const shown = [...columns.keys()].filter((index) => wide || columns[index]?.wide !== true);
  const lines = [
    shown.map((index) => columns[index]?.header ?? ''),
    ...rows.map((row) => shown.map((index) => cellText(row[index] ?? ''))),
  ];
  const widths = shown.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  const render = (line: readonly string[]) =>
    line.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join('   ');
  return lines.map((line) => `${render(line).trimEnd()}\n`).join('');
}

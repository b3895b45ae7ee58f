import { environmentName } from '../environment-name.ts';
import type { CommandSpec, FlagAlias, FlagSpec } from './command-spec.ts';
import { errorCode, exitCode, PluginError } from './exit.ts';
import type { Flags } from './flags.ts';
import { oneLine } from './terminal-text.ts';

export interface CommandLine {
  readonly flags: Flags;
  readonly operands: readonly string[];
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/**
 * Reads the flags of a command: as typed, under their own name or an alias, else from the environment. `name` is the
 * command, for messages. Throws PluginError (usage).
 */
export function parseCommandLine(
  args: readonly string[],
  spec: CommandSpec,
  env: Readonly<Record<string, string | undefined>>,
  usage: string,
): CommandLine {
  const { values, positionals } = parse(args, spec, usage);
  const flags: Record<string, string | boolean | readonly string[]> = {};
  for (const [name, flag] of Object.entries(spec.flags)) {
    const value = typed(values, name, flag) ?? fromEnvironment(env, name, flag);
    if (value !== undefined) flags[name] = value;
  }
  if (values['help'] === true) flags['help'] = true;
  const most = spec.operands?.most ?? 0;
  if (positionals.length > most && flags['help'] !== true) {
    throw usageError(`Unexpected argument '${oneLine(positionals[most] ?? '')}'`, usage);
  }
  return { flags, operands: positionals };
}

function parse(
  args: readonly string[],
  spec: CommandSpec,
  usage: string,
): { values: Values; positionals: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const [name, { type, short, multiple = false, aliases = [] }] of Object.entries(spec.flags)) {
    options[name] = { type, multiple, ...(short === undefined ? {} : { short }) };
    for (const alias of aliases) options[nameOf(alias)] = { type, multiple };
  }
  // An import of node:util fills in all of its exports, and loads the socket code of Node.js for that.
  const { parseArgs } = process.getBuiltinModule('node:util');
  try {
    const given = spec.operands?.dashed === true ? dashedLast(args, options) : [...args];
    return parseArgs({ args: given, options, strict: true, allowPositionals: true });
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_PARSE_ARGS') !== true || !(error instanceof Error)) throw error;
    // parseArgs explains at length how to pass an argument that looks like a flag.
    const message = oneLine(
      error.message.replace(/\. (?:To specify|Did you forget|This command)[\s\S]*$/, ''),
    );
    throw usageError(message, usage);
  }
}

/** The arguments with those that begin with one dash and are no flag where no flag is looked for: behind `--`. */
function dashedLast(
  args: readonly string[],
  options: Readonly<Record<string, { readonly short?: string }>>,
): string[] {
  const shorts = new Set(Object.values(options).map(({ short }) => short));
  const isOperand = (arg: string) => /^-[\w]/.test(arg) && !shorts.has(arg[1]);
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const before = args.slice(0, end);
  const rest = [...before.filter(isOperand), ...args.slice(end + 1)];
  return [...before.filter((arg) => !isOperand(arg)), '--', ...rest];
}

function typed(
  values: Values,
  name: string,
  { aliases = [], multiple }: FlagSpec,
): string | boolean | readonly string[] | undefined {
  const given: (string | boolean)[] = [values[name] ?? []].flat() as (string | boolean)[];
  for (const alias of aliases) {
    for (const value of [values[nameOf(alias)] ?? []].flat()) {
      given.push(typeof alias === 'string' || typeof value !== 'string' ? value : alias.read(value));
    }
  }
  if (given.length === 0) return undefined;
  return multiple ? given.flatMap((value) => split(String(value))) : given[0];
}

function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  { type, multiple }: FlagSpec,
): string | boolean | readonly string[] | undefined {
  const variable = environmentName(name);
  const text = env[variable];
  if (text === undefined || text === '') return undefined;
  if (type === 'string') return multiple ? split(text) : text;
  if (/^(?:true|1)$/i.test(text)) return true;
  if (/^(?:false|0)$/i.test(text)) return false;
  throw new PluginError(exitCode.usage, `${variable} takes true or false, not "${oneLine(text)}"`);
}

function split(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}

function nameOf(alias: FlagAlias): string {
  return typeof alias === 'string' ? alias : alias.name;
}

function usageError(message: string, usage: string): PluginError {
  return new PluginError(exitCode.usage, `${message}\nSee '${usage} --help' for usage.`);
}

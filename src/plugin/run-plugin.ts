import { type CommandSpec, commandTable } from './command-table.ts';
import { errorCode, exitCode, PluginError } from './exit.ts';
import type { Flags } from './flags.ts';
import type { PluginDeps } from './invocation.ts';
import { oneLine, plainText } from './terminal-text.ts';

/**
 * Runs one command line (`args` without node and script) and resolves to the exit code; never throws for what a user
 * can meet. `program` is how the user calls us, for help and hints.
 */
export async function runPlugin(
  args: readonly string[],
  deps: PluginDeps,
  program = 'kubectl sallyport',
): Promise<number> {
  // The one gate to the terminal: whatever a server or a token said, no control sequence passes.
  const safe: PluginDeps = {
    ...deps,
    stdout: (text) => deps.stdout(plainText(text)),
    stderr: (text) => deps.stderr(plainText(text)),
  };
  try {
    return await dispatch(args, safe, program);
  } catch (error) {
    if (error instanceof PluginError) {
      const quiet = error.exitCode === exitCode.notLoggedIn || error.exitCode === exitCode.interrupted;
      safe.stderr(`${quiet ? '' : 'error: '}${error.message}\n`);
      return error.exitCode;
    }
    const what = error instanceof Error ? error.message : 'unknown';
    safe.stderr(`error: ${oneLine(what)}\n`);
    return exitCode.failure;
  }
}

async function dispatch(args: readonly string[], deps: PluginDeps, program: string): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '-h' || name === '--help' || name === 'help') {
    return showHelp(rest[0], deps, program);
  }
  if (name === '--version') return dispatch(['version', ...rest], deps, program);
  const spec = commandSpec(name, program);
  const flags = parseFlags(name, spec, rest, program);
  if (flags['help'] === true) return showHelp(name, deps, program);
  return spec.run({ program, flags, deps });
}

async function showHelp(name: string | undefined, deps: PluginDeps, program: string): Promise<number> {
  const { renderCommandHelp, renderOverview } = await import('./help.ts');
  deps.stdout(
    name === undefined || name === 'help'
      ? renderOverview(program, commandTable)
      : renderCommandHelp(program, name, commandSpec(name, program)),
  );
  return exitCode.ok;
}

function commandSpec(name: string, program: string): CommandSpec {
  const spec = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
  if (spec !== undefined) return spec;
  const kind = name.startsWith('-') ? 'flag' : 'command';
  throw new PluginError(
    exitCode.usage,
    `unknown ${kind} "${oneLine(name)}"\nSee '${program} --help' for usage.`,
  );
}

function parseFlags(name: string, spec: CommandSpec, args: readonly string[], program: string): Flags {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const [flag, { type, short }] of Object.entries(spec.flags)) {
    options[flag] = short === undefined ? { type } : { type, short };
  }
  // An import of node:util fills in all of its exports, and loads the socket code of Node.js for that.
  const { parseArgs } = process.getBuiltinModule('node:util');
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as Flags;
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_PARSE_ARGS') !== true || !(error instanceof Error)) throw error;
    // parseArgs explains at length how to pass a positional argument; there are none here.
    const message = oneLine(
      error.message.replace(/\. (?:To specify|Did you forget|This command)[\s\S]*$/, ''),
    );
    throw new PluginError(exitCode.usage, `${message}\nSee '${program} ${name} --help' for usage.`);
  }
}

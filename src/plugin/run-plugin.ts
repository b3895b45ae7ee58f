import type { CommandSpec } from './command-spec.ts';
import { commandAliases, commandTable } from './command-table.ts';
import { exitCode, PluginError } from './exit.ts';
import type { PluginDeps } from './invocation.ts';
import { parseCommandLine } from './parse-command-line.ts';
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
  if (name === '__complete') {
    return (await import('./completion/complete.ts')).runComplete(rest, commandTable, deps);
  }
  if (name === '--version') return dispatch(['version', ...rest], deps, program);
  const spec = await commandSpec(name, program);
  if (spec.passesOn) return spec.run({ program, flags: {}, operands: rest, deps });
  const { flags, operands } = parseCommandLine(rest, spec, deps.env, `${program} ${name}`);
  if (flags['help'] === true) return showHelp(name, deps, program);
  return spec.run({ program, flags, operands, deps });
}

async function showHelp(name: string | undefined, deps: PluginDeps, program: string): Promise<number> {
  const { renderCommandHelp, renderOverview } = await import('./help.ts');
  if (name === undefined || name === 'help') {
    const { loadCommands } = await import('./command-table.ts');
    deps.stdout(renderOverview(program, await loadCommands()));
    return exitCode.ok;
  }
  const spec = await commandSpec(name, program);
  if (spec.passesOn) return spec.run({ program, flags: {}, operands: ['--help'], deps });
  deps.stdout(renderCommandHelp(program, name, spec));
  return exitCode.ok;
}

async function commandSpec(given: string, program: string): Promise<CommandSpec> {
  const name = Object.hasOwn(commandAliases, given) ? commandAliases[given] : given;
  const load = name !== undefined && Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
  if (load !== undefined) return load();
  const kind = given.startsWith('-') ? 'flag' : 'command';
  const { closest } = await import('./closest.ts');
  const meant = closest(given, Object.keys(commandTable));
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new PluginError(
    exitCode.usage,
    `unknown ${kind} "${oneLine(given)}"${hint}\nSee '${program} --help' for usage.`,
  );
}

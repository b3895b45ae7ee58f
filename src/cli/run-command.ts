import { parseArgs } from 'node:util';
import { type Command, type CommandHost, type CommandValues, exitCode, UsageError } from './command.ts';
import { environmentValues } from './environment-values.ts';
import { errorCodeOf, exitCodeOf } from './exit-code.ts';
import { renderHelp, renderOverview } from './help.ts';
import { escapeControls } from './output/printable.ts';

/** By what is typed. Each is read when it is needed: a quick command does not wait for what the others are made of. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start-command.ts')).startCommand,
  cluster: async () => (await import('./cluster/cluster-command.ts')).clusterCommand,
  validate: async () => (await import('./validate-command.ts')).validateCommand,
  claims: async () => (await import('./claims-command.ts')).claimsCommand,
  kubeconfig: async () => (await import('./kubeconfig-command.ts')).kubeconfigCommand,
  'can-i': async () => (await import('./can-i-command.ts')).canICommand,
  'who-can': async () => (await import('./who-can-command.ts')).whoCanCommand,
  'what-can': async () => (await import('./what-can-command.ts')).whatCanCommand,
  diff: async () => (await import('./diff-command.ts')).diffCommand,
  lint: async () => (await import('./lint-command.ts')).lintCommand,
  suggest: async () => (await import('./suggest-command.ts')).suggestCommand,
  netpol: async () => (await import('./netpol/netpol-command.ts')).netpolCommand,
  users: async () => (await import('./admin/index.ts')).usersCommand,
  groups: async () => (await import('./admin/index.ts')).groupsCommand,
  sessions: async () => (await import('./admin/index.ts')).sessionsCommand,
  requests: async () => (await import('./admin/index.ts')).requestsCommand,
  clients: async () => (await import('./admin/index.ts')).clientsCommand,
  keys: async () => (await import('./admin/index.ts')).keysCommand,
  completion: async () => (await import('./completion-command.ts')).completionCommand,
  version: async () => (await import('./version-command.ts')).versionCommand,
};

/** What Dex and others call it. */
const ELSEWHERE = new Map([
  ['serve', 'start'],
  ['server', 'start'],
  ['config', 'validate'],
  ['check', 'validate'],
]);

/** Runs one command line (without the program's name) and returns the process's exit code. */
export async function runCommand(args: readonly string[], host: CommandHost): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const asked = commandCalled(rest[0] ?? '');
    host.stdout.write(asked ? renderHelp(await asked()) : renderOverview(await allCommands()));
    return name === undefined ? exitCode.usage : exitCode.ok;
  }
  if (name === '__complete') return (await import('./complete.ts')).complete(rest, COMMANDS, host);
  try {
    const command = await findCommand(name === '--version' ? 'version' : name);
    const { values, words } = parseWords(command, rest, host);
    if (values['help'] === true) {
      host.stdout.write(renderHelp(command));
      return exitCode.ok;
    }
    checkWords(command, words);
    return await command.run(values, host, words);
  } catch (error) {
    return report(error, host);
  }
}

async function findCommand(name: string): Promise<Command> {
  const load = commandCalled(name);
  if (load) return load();
  const { closest } = await import('../config/index.ts');
  const meant = ELSEWHERE.get(name) ?? closest(name, Object.keys(COMMANDS));
  throw new UsageError(
    `unknown command "${name}"${meant === undefined ? '' : `; did you mean ${meant}?`}\nSee "sallyport --help".`,
  );
}

function commandCalled(name: string): (() => Promise<Command>) | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}

function parseWords(
  command: Command,
  args: readonly string[],
  { env }: Pick<CommandHost, 'env'>,
): { values: CommandValues; words: readonly string[] } {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: command.words !== undefined,
      strict: true,
      tokens: true,
    });
    const given = new Set(tokens.flatMap((token) => (token.kind === 'option' ? token.name : [])));
    const fromEnvironment = environmentValues(command, given, env);
    return { values: { ...(values as CommandValues), ...fromEnvironment }, words: positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee "sallyport ${command.name} --help".`);
  }
}

function checkWords({ name, usage, words }: Command, given: readonly string[]): void {
  const { least, most } = words ?? { least: 0, most: 0 };
  if (given.length >= least && given.length <= most) return;
  const problem = given.length < least ? 'too few arguments' : `unexpected argument "${given[most]}"`;
  throw new UsageError(`${problem}; usage: sallyport ${usage}\nSee "sallyport ${name} --help".`);
}

/**
 * What an operator can mend is said in words: errors with a code of ours are written for that. Everything else is a bug and
 * keeps its stack.
 */
function report(error: unknown, host: CommandHost): number {
  const explained = errorCodeOf(error).startsWith('SP_');
  const text =
    error instanceof Error ? (explained ? error.message : (error.stack ?? error.message)) : String(error);
  // Messages quote names out of files and servers.
  host.stderr.write(`error: ${escapeControls(text)}\n`);
  return exitCodeOf(error);
}

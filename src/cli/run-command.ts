import { parseArgs } from 'node:util';
import { closest } from '../config/index.ts';
import { clientsCommand, groupsCommand, keysCommand, sessionsCommand, usersCommand } from './admin/index.ts';
import { canICommand } from './can-i-command.ts';
import { claimsCommand } from './claims-command.ts';
import { type Command, type CommandHost, type CommandValues, EXIT, UsageError } from './command.ts';
import { diffCommand } from './diff-command.ts';
import { renderHelp, renderOverview } from './help.ts';
import { kubeconfigCommand } from './kubeconfig-command.ts';
import { lintCommand } from './lint-command.ts';
import { escapeControls } from './output/index.ts';
import { startCommand } from './start-command.ts';
import { suggestCommand } from './suggest-command.ts';
import { validateCommand } from './validate-command.ts';
import { versionCommand } from './version-command.ts';
import { whatCanCommand } from './what-can-command.ts';
import { whoCanCommand } from './who-can-command.ts';

const COMMANDS: readonly Command[] = [
  startCommand,
  validateCommand,
  claimsCommand,
  kubeconfigCommand,
  canICommand,
  whoCanCommand,
  whatCanCommand,
  diffCommand,
  lintCommand,
  suggestCommand,
  usersCommand,
  groupsCommand,
  sessionsCommand,
  clientsCommand,
  keysCommand,
  versionCommand,
];

/** Runs one command line (without the program's name) and returns the process's exit code. */
export async function runCommand(args: readonly string[], host: CommandHost): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const asked = COMMANDS.find((command) => command.name === rest[0]);
    host.stdout.write(asked ? renderHelp(asked) : renderOverview(COMMANDS));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  try {
    const command = findCommand(name === '--version' ? 'version' : name);
    const { values, words } = parseWords(command, rest);
    if (values['help'] === true) {
      host.stdout.write(renderHelp(command));
      return EXIT.ok;
    }
    checkWords(command, words);
    return await command.run(values, host, words);
  } catch (error) {
    return report(error, host);
  }
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command) return command;
  const meant = closest(
    name,
    COMMANDS.map((candidate) => candidate.name),
  );
  throw new UsageError(
    `unknown command "${name}"${meant === undefined ? '' : `; did you mean ${meant}?`}\nSee "sallyport --help".`,
  );
}

function parseWords(
  command: Command,
  args: readonly string[],
): { values: CommandValues; words: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: command.words !== undefined,
      strict: true,
    });
    return { values: values as CommandValues, words: positionals };
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

/** What is wrong with what the operator wrote, rather than with the world. */
const CONFIGURATION = new Set([
  'SP_USAGE',
  'SP_CONFIG',
  'SP_KUBECONFIG',
  'SP_RBAC_MANIFESTS',
  'SP_AUTHENTICATION_CONFIG',
  'SP_IDENTITY_CLIENT_CONFIG',
  'SP_IDENTITY_ACCOUNT_CONFLICT',
  'SP_STORE_SEALED',
]);

/**
 * What an operator can mend is said in words: errors with a code of ours are written for that. Everything else is a bug and
 * keeps its stack.
 */
function report(error: unknown, host: CommandHost): number {
  const code = codeOf(error);
  const explained = code.startsWith('SP_');
  const text =
    error instanceof Error ? (explained ? error.message : (error.stack ?? error.message)) : String(error);
  // Messages quote names out of files and servers.
  host.stderr.write(`error: ${escapeControls(text)}\n`);
  return CONFIGURATION.has(code) ? EXIT.usage : EXIT.failure;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

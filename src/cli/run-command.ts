import { parseArgs } from 'node:util';
import { ConfigError, closest } from '../config/index.ts';
import { StartError } from '../start-error.ts';
import { type Command, type CommandHost, type CommandValues, EXIT, UsageError } from './command.ts';
import { renderHelp, renderOverview } from './help.ts';
import { kubeconfigCommand } from './kubeconfig-command.ts';
import { startCommand } from './start-command.ts';
import { validateCommand } from './validate-command.ts';
import { versionCommand } from './version-command.ts';

const COMMANDS: readonly Command[] = [startCommand, validateCommand, kubeconfigCommand, versionCommand];

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
    const values = parseFlags(command, rest);
    if (values['help'] === true) {
      host.stdout.write(renderHelp(command));
      return EXIT.ok;
    }
    return await command.run(values, host);
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

function parseFlags(command: Command, args: readonly string[]): CommandValues {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: false,
      strict: true,
    });
    return values as CommandValues;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee "sallyport ${command.name} --help".`);
  }
}

/** What an operator can mend is said in words; everything else is a bug and keeps its stack. */
function report(error: unknown, host: CommandHost): number {
  if (error instanceof UsageError || error instanceof ConfigError) {
    host.stderr.write(`error: ${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof StartError) {
    host.stderr.write(`error: ${error.message}\n`);
    return EXIT.failure;
  }
  host.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failure;
}

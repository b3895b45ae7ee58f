import { parseScript } from '../shell/parse.ts';
import { createShell } from '../shell/shell.ts';
import { ShellSyntaxError } from '../shell/syntax.ts';
import { FileError, resolvePath } from '../world/file-system.ts';
import type { Process, Program } from '../world/process.ts';

/** `sh -c SCRIPT`, `sh FILE`, or lines from standard input, with a prompt on a terminal. */
export const sh: Program = async (process) => {
  const args = [...process.args];
  let isCommand = false;
  let isInteractive = process.terminal !== undefined;
  for (let next = args[0]; next?.startsWith('-') && next !== '-'; next = args[0]) {
    args.shift();
    if (/^-\w*c/.test(next)) isCommand = true;
    if (/^-\w*i/.test(next)) isInteractive = true;
  }
  if (isCommand) return runText(process, args[0] ?? '', [args[1] ?? 'sh', ...args.slice(2)]);
  const [file, ...rest] = args;
  if (file !== undefined) return runText(process, readText(process, file), [file, ...rest]);
  return runLines(process, isInteractive);
};

async function runText(process: Process, text: string, positional: readonly string[]): Promise<number> {
  try {
    return await createShell(process, positional).run(parseScript(text));
  } catch (error) {
    return refuse(process, error);
  }
}

async function runLines(process: Process, isInteractive: boolean): Promise<number> {
  const { stdin, stderr, stdout, terminal } = process;
  const shell = createShell(process, ['sh']);
  const prompt = async () => {
    if (isInteractive) await (terminal === undefined ? stderr : stdout).write('# ');
  };
  let code = 0;
  await prompt();
  for (let line = await stdin.readLine(); line !== undefined; line = await stdin.readLine()) {
    try {
      code = await shell.run(parseScript(line));
    } catch (error) {
      code = await refuse(process, error);
    }
    const exited = shell.exited();
    if (exited !== undefined) return exited;
    await prompt();
  }
  return code;
}

async function refuse({ stderr }: Process, error: unknown): Promise<number> {
  if (!(error instanceof ShellSyntaxError)) throw error;
  await stderr.write(`sh: ${error.message}\n`);
  return 2;
}

function readText({ world, cwd }: Process, name: string): string {
  try {
    return Buffer.concat(world.files.read(resolvePath(cwd, name))).toString('utf8');
  } catch (error) {
    if (error instanceof FileError) throw new FileError(`can't open '${name}': ${error.message}`);
    throw error;
  }
}

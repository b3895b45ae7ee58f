import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { type CommandHost, UsageError } from '../command.ts';

/**
 * A new password, from the terminal without showing it (typed twice), or the first line of the standard input. Never from the
 * command line, which everybody on the machine can read.
 * @throws UsageError when there is none
 */
export async function readPassword({ stdin, stderr }: CommandHost): Promise<string> {
  if (stdin.isTTY !== true) {
    const line = await firstLine(stdin);
    if (line === '') throw new UsageError('no password on the standard input');
    return line;
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: silent, terminal: true });
  const ask = async (prompt: string) => {
    stderr.write(prompt);
    const typed = await terminal.question('');
    stderr.write('\n');
    return typed;
  };
  try {
    const password = await ask('New password: ');
    if (password === '') throw new UsageError('no password was typed');
    if ((await ask('Once more: ')) !== password) throw new UsageError('the two passwords are not the same');
    return password;
  } finally {
    terminal.close();
  }
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    if (text.includes('\n')) break;
  }
  return (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
}

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** bash, as somebody types a document's blocks into it: directory and variables go on from one to the next. */
export interface BlockShell {
  /** Runs a block; it ends at the first command that fails. */
  run(text: string): Promise<Printed>;
  /** One command, which changes nothing for those after it. */
  type(command: string): Promise<Printed>;
  /** The text of a script that begins where the blocks so far have ended, for what is to go on beside them. */
  lines(text: string): string;
}

export interface Printed {
  readonly code: number;
  /** Both streams, one after the other. */
  readonly output: string;
}

/** `home`: a directory of this shell's own, where it keeps its state. `start`: where it begins. */
export function openBlockShell(home: string, start: string, env: NodeJS.ProcessEnv): BlockShell {
  const state = join(home, 'state');
  writeFileSync(state, `cd ${start}\n`);
  const bash = (args: string[]) =>
    new Promise<Printed>((done) => {
      const child = execFile('bash', args, { env }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : 1;
        done({ code: error ? code : 0, output: stdout + stderr });
      });
      child.stdin?.end();
    });
  const lines = (text: string) => `. ${state}\n${text}`;
  return {
    run: (text) =>
      bash([
        '-e',
        '-c',
        `${lines('set -a')}\n${text}\n{ export -p; printf 'cd %q\\n' "$PWD"; } > ${state}\n`,
      ]),
    type: (command) => bash(['-c', lines(command)]),
    lines,
  };
}

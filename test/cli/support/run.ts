import { Readable } from 'node:stream';
import { runCommand } from '../../../src/cli/index.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process, with `input` on its standard input. Without a kubeconfig, unless `env` names one. */
export async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  input = '',
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await runCommand(args, {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env },
    stdin: Readable.from(input === '' ? [] : [input]),
    stdout: {
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
    onStopSignal: () => undefined,
    startServer: () => Promise.reject(new Error('a question starts nothing')),
    startCluster: () => Promise.reject(new Error('a question starts nothing')),
  });
  return { code, stdout, stderr };
}

/** `run` with a command line as one types it; no quoting. */
export function type(line: string, env?: Readonly<Record<string, string | undefined>>): Promise<Outcome> {
  return run(line.split(' '), env);
}

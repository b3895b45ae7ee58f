import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from './installed.ts';
import type { Sallyport } from './sallyport.ts';
import type { KubectlVersion } from './tools.ts';

/** The oldest and the newest that the tests use. */
export const KUBECTL_VERSIONS: readonly KubectlVersion[] = ['1.32', '1.35'];

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person at a terminal: a home directory, a kubeconfig made by `sallyport kubeconfig`, kubectl on the PATH. */
export interface Terminal {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  kubectl(...args: string[]): Promise<Outcome>;
  /** kubectl with text on its standard input. */
  kubectlWith(input: string, ...args: string[]): Promise<Outcome>;
  /** kubectl as a running process, for watches and logins. */
  spawnKubectl(...args: string[]): ReturnType<typeof spawn>;
  dispose(): Promise<void>;
}

export async function openTerminal(sallyport: Sallyport, program: string): Promise<Terminal> {
  const home = await mkdtemp(join(tmpdir(), 'sallyport-home-'));
  const kubeconfig = join(home, 'kubeconfig');
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    // Every home is a new one: else each would begin with a cache that is empty.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    KUBECONFIG: kubeconfig,
    // The person's editor: `kubectl edit` replaces one word.
    KUBE_EDITOR: 'sed -i s/before/after/',
  };
  const made = await run(
    join(bin, 'sallyport'),
    ['kubeconfig', '--config', sallyport.configFile, '--data', sallyport.dataDir],
    env,
  );
  if (made.code !== 0) throw new Error(made.stderr);
  await writeFile(kubeconfig, made.stdout, { mode: 0o600 });
  return {
    home,
    env,
    kubectl: (...args) => run(program, args, env),
    kubectlWith: (input, ...args) => run(program, args, env, input),
    spawnKubectl: (...args) => spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    dispose: () => rm(home, { recursive: true, force: true }),
  };
}

/** Runs a program to its end; a non-zero exit code is an outcome, not an error. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input?: string,
): Promise<Outcome> {
  return new Promise((done) => {
    const child = execFile(program, [...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      done({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

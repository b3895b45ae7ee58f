import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { collect } from './collect.ts';
import { freePort } from './free-port.ts';
import { bin } from './installed.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The started product, as `npm start` starts it, on ports and in a directory of its own. */
export interface Sallyport {
  readonly issuer: string;
  readonly gateway: string;
  readonly directory: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly pid: number;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: nothing is flushed. */
  kill(): Promise<void>;
  /** Starts again on the same data and ports. */
  restart(): Promise<Sallyport>;
  /** Stops it and removes its directory. */
  dispose(): Promise<void>;
}

export interface StartOptions {
  /** Further files, by their path in the product's directory. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  /** Another copy of it than this one. */
  readonly program?: string;
  /** Of the issuer, as people see it. Browsers make passkeys for names only. */
  readonly host?: '127.0.0.1' | 'localhost';
}

/** Starts the demo with its ports changed. `edit` may change the configuration file's text further. */
export async function startSallyport(
  edit: (config: string) => string = (text) => text,
  {
    files = {},
    env = process.env,
    program = join(bin, 'sallyport.js'),
    host = '127.0.0.1',
  }: StartOptions = {},
): Promise<Sallyport> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-e2e-'));
  await cp(join(ROOT, 'config'), join(directory, 'config'), { recursive: true });
  const [issuerPort, gatewayPort] = [await freePort(), await freePort()];
  const configFile = join(directory, 'config/demo.yaml');
  for (const file of [configFile, join(directory, 'config/demo/authentication.yaml')]) {
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text
        .replaceAll('http://127.0.0.1:5556', `http://${host}:${issuerPort}`)
        .replaceAll('127.0.0.1:5556', `127.0.0.1:${issuerPort}`)
        .replaceAll(':8443', `:${gatewayPort}`),
    );
  }
  const text = edit(await readFile(configFile, 'utf8'));
  // Somebody else's API server has no bindings that the demo's policy would see.
  const isEmbedded = /^ {2}target: embedded$/m.test(text);
  await writeFile(configFile, isEmbedded ? text : text.replace('  accessRequests: {}\n', ''));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory, name), text, { mode: 0o600 });
  }
  return boot({
    directory,
    configFile,
    dataDir: join(directory, 'data'),
    issuerPort,
    gatewayPort,
    env,
    program,
    host,
  });
}

interface Place {
  readonly directory: string;
  readonly configFile: string;
  readonly dataDir: string;
  readonly issuerPort: number;
  readonly gatewayPort: number;
  readonly env: NodeJS.ProcessEnv;
  readonly program: string;
  readonly host: string;
}

async function boot(place: Place): Promise<Sallyport> {
  const child = spawn(
    process.execPath,
    [place.program, 'start', '--config', place.configFile, '--data', place.dataDir],
    { cwd: place.directory, env: place.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output = collect(child);
  await output.until(/Sallyport is ready/);
  const exited = new Promise<number | null>((done) => {
    if (child.exitCode !== null) done(child.exitCode);
    child.once('exit', (code) => done(code));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    issuer: `http://${place.host}:${place.issuerPort}`,
    gateway: `https://127.0.0.1:${place.gatewayPort}`,
    directory: place.directory,
    dataDir: place.dataDir,
    configFile: place.configFile,
    pid: child.pid ?? 0,
    stdout: output.stdout,
    stderr: output.stderr,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    restart: () => boot(place),
    dispose: async () => {
      await end('SIGTERM');
      await rm(place.directory, { recursive: true, force: true });
    },
  };
}

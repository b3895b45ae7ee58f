import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Credentials, openCredentialCache } from '../../src/plugin/credential-cache.ts';
import { type PluginDeps, runPlugin } from '../../src/plugin/index.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the browser showed at the end. */
  readonly page?: string;
}

/** A user's machine: an own home, cache and environment. */
export interface Machine {
  readonly home: string;
  readonly env: Record<string, string | undefined>;
  readonly cacheDir: string;
  /** Runs the plugin in this process, with a browser that follows redirects unless `deps` brings another. */
  run(args: readonly string[], deps?: Partial<PluginDeps>): Promise<Outcome>;
  /** Runs it as a process of its own, as kubectl does. */
  spawn(args: readonly string[], env?: Record<string, string>): Promise<Outcome>;
  credentials(issuer: string, clientId?: string): Credentials | undefined;
  /** Changes what is cached, for instance its expiry. */
  recache(issuer: string, change: Partial<Credentials>): void;
  /** The text of all files in the cache. */
  cacheText(): string;
}

export const wrapper = fileURLToPath(new URL('../../bin/kubectl-sallyport', import.meta.url));
export const browserCommand = `${process.execPath} ${fileURLToPath(new URL('./browser.ts', import.meta.url))}`;

export const interactiveInfo = execInfo(true);
export function execInfo(interactive: boolean, version = 'v1'): string {
  const apiVersion = `client.authentication.k8s.io/${version}`;
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive } });
}

export function createMachine(): Machine {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-plugin-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const env = { PATH: process.env['PATH'], HOME: home, KUBECACHEDIR: join(home, 'cache') };
  const cacheDir = join(env.KUBECACHEDIR, 'sallyport');
  const cache = (issuer: string, clientId: string) =>
    openCredentialCache({ env, homeDir: home }, { issuer, clientId });
  return {
    home,
    env,
    cacheDir,
    run: async (args, overrides = {}) => {
      const output = { stdout: '', stderr: '' };
      let page: Promise<string> | undefined;
      const deps: PluginDeps = {
        env,
        platform: 'linux',
        homeDir: home,
        now: Date.now,
        stdout: (text) => {
          output.stdout += text;
        },
        stderr: (text) => {
          output.stderr += text;
        },
        stdinIsTerminal: async () => false,
        stderrIsTerminal: () => false,
        readLine: async () => undefined,
        runProgram: async () => undefined,
        fileExists: () => false,
        parent: () => 'kubectl 1',
        signal: new AbortController().signal,
        openBrowser: async (url) => {
          page = fetch(url).then((response) => response.text(), String);
          return true;
        },
        ...overrides,
      };
      const code = await runPlugin(args, deps);
      return { code, ...output, ...(page === undefined ? {} : { page: await page }) };
    },
    spawn: (args, extra = {}) => spawnPlugin(args, { ...env, ...extra }),
    credentials: (issuer, clientId = 'kubectl') => cache(issuer, clientId).read(),
    recache: (issuer, change) => {
      const entry = cache(issuer, 'kubectl');
      writeFileSync(entry.path, JSON.stringify({ ...entry.read(), ...change }));
    },
    cacheText: () => {
      const files = readdirSync(cacheDir, { withFileTypes: true }).filter((entry) => entry.isFile());
      return files.map(({ name }) => readFileSync(join(cacheDir, name), 'utf8')).join('\n');
    },
  };
}

function spawnPlugin(args: readonly string[], env: Record<string, string | undefined>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(wrapper, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, ...output }));
  });
}

/** The token of an ExecCredential on standard output, which must hold that object and nothing else. */
export function execCredential({ stdout }: Outcome): {
  apiVersion: string;
  kind: string;
  status: { token: string; expirationTimestamp: string };
} {
  return JSON.parse(stdout);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Pool } from 'undici';
import { parse } from 'yaml';
import { collect } from '../../e2e/support/collect.ts';
import { freePort } from '../../e2e/support/free-port.ts';
import { onOtherCore } from '../cores.ts';
import { product } from '../product.ts';

const BARE_WATCH = resolve(import.meta.dirname, '../peers/bare-watch.ts');

/** A server that keeps objects, started on a core of its own, and how it is asked. */
export interface Started {
  readonly name: string;
  readonly pid: number;
  readonly origin: string;
  /** PEM; undefined without TLS. */
  readonly ca: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** From the start of the process to the answer to its first request, in milliseconds. */
  readonly firstAnswerMs: number;
  /** Ends it and removes what it has kept. */
  close(): Promise<void>;
}

/** `sallyport cluster` with further flags; its kubeconfig says where it is. */
export async function startCluster(name: string, ...flags: readonly string[]): Promise<Started> {
  return start(name, async (directory) => {
    const args = ['cluster', '--listen', '127.0.0.1:0', ...flags];
    const child = launch([process.execPath, join(product(), 'bin/sallyport.js'), ...args], directory);
    await collect(child).until(/kubectl get nodes,pods/);
    const config = parse(await readFile(join(directory, 'cluster.kubeconfig'), 'utf8'));
    const { server, 'certificate-authority-data': data } = config.clusters[0].cluster;
    const headers = { authorization: `Bearer ${config.users[0].user.token}` };
    return { child, origin: server, ca: Buffer.from(data, 'base64').toString(), headers, probe: '/version' };
  });
}

/** The reference: Debian's etcd with its defaults, on its JSON gateway. undefined where there is none. */
export async function startEtcd(): Promise<Started | undefined> {
  if (!(await hasEtcd())) {
    console.log('NO etcd ON THE PATH: everything beside it is SKIPPED (apt-get install etcd-server)');
    return undefined;
  }
  return start('etcd', async (directory) => {
    const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
    const origin = client ?? '';
    const flags = Object.entries({
      'data-dir': 'etcd',
      'listen-client-urls': origin,
      'advertise-client-urls': origin,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
      'quota-backend-bytes': '4294967296',
    }).flatMap(([flag, value]) => [`--${flag}`, value ?? '']);
    const child = launch(['etcd', ...flags], directory);
    await collect(child).until(/ready to serve client requests/);
    return { child, origin, ca: undefined, headers: {}, probe: '/version' };
  });
}

/** The reference for watches: an answer of Node.js that is begun, on either protocol. */
export async function startBareWatches(name: string): Promise<Started> {
  return start(name, async (directory) => {
    const child = launch([process.execPath, BARE_WATCH], directory);
    const place = JSON.parse(await collect(child).until(/^\{.*\}$/m));
    return { child, ...place, headers: {}, probe: undefined };
  });
}

interface Launched extends Pick<Started, 'origin' | 'ca' | 'headers'> {
  readonly child: ChildProcess;
  /** undefined where no answer ever ends. */
  readonly probe: string | undefined;
}

async function start(name: string, boot: (directory: string) => Promise<Launched>): Promise<Started> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const before = performance.now();
  const { child, probe, ...place } = await boot(directory);
  const pool = openPool(place, 1);
  if (probe !== undefined)
    await (await pool.request({ path: probe, method: 'GET', headers: place.headers })).body.dump();
  const firstAnswerMs = performance.now() - before;
  await pool.close();
  const exited = once(child, 'exit');
  return {
    ...place,
    name,
    pid: child.pid ?? 0,
    firstAnswerMs,
    async close() {
      // Not killed: at its end it keeps its compiled code, as an operator's does.
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Connections that are kept, one request at a time on each. */
export function openPool({ origin, ca }: Pick<Started, 'origin' | 'ca'>, connections: number): Pool {
  return new Pool(origin, { connections, pipelining: 1, allowH2: false, ...(ca && { connect: { ca } }) });
}

function launch(command: readonly string[], cwd: string): ChildProcess {
  const [program = '', ...args] = [...onOtherCore(), ...command];
  return spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function hasEtcd(): Promise<boolean> {
  const child = spawn('etcd', ['--version'], { stdio: 'ignore' });
  return new Promise((done) => {
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

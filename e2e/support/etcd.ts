import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, fetch } from 'undici';

export interface Etcd {
  /** Where clients ask, of each member. */
  readonly endpoints: readonly [string, ...string[]];
  /** Sends a signal to a member: SIGSTOP and SIGCONT to pause it. */
  signal(signal: NodeJS.Signals, member?: number): void;
  /** Kills a member where it stands, and resolves when it is gone. */
  kill(member?: number): Promise<void>;
  /** Starts a killed member on what it left; resolves when it answers. */
  restart(member?: number): Promise<void>;
  /** Sends a message to its API, as etcdctl does. @returns the status */
  tell(path: string, body: object): Promise<number>;
  stop(): Promise<void>;
}

export interface EtcdOptions {
  readonly members?: number;
  readonly args?: readonly string[];
  /** How the test itself comes in, when it serves https. */
  readonly tls?: {
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
    readonly servername: string;
  };
}

interface Member {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
  process: ChildProcess | undefined;
}

/** A private etcd, with its data in a temporary directory. */
export async function startEtcd(program: string, options: EtcdOptions = {}): Promise<Etcd> {
  const { members: count = 1, args = [], tls } = options;
  const scheme = tls === undefined ? 'http' : 'https';
  const dispatcher = new Agent({ connect: tls ?? {} });
  const directory = mkdtempSync(join(tmpdir(), 'etcd-'));
  const ports = await freePorts(2 * count);
  const members = Array.from({ length: count }, (_, at): Member => {
    const [client, peer] = [
      `${scheme}://127.0.0.1:${ports[2 * at]}`,
      `http://127.0.0.1:${ports[2 * at + 1]}`,
    ];
    return { name: `m${at}`, client, peer, process: undefined };
  });
  const cluster = members.map(({ name, peer }) => `${name}=${peer}`).join(',');

  function start(member: Member): void {
    const { name, client, peer } = member;
    member.process = spawn(
      program,
      [
        ...['--name', name, '--data-dir', join(directory, name), '--logger', 'zap', '--log-level', 'error'],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', cluster],
        ...args,
      ],
      { stdio: 'ignore' },
    );
  }

  async function end(member: Member): Promise<void> {
    const { process } = member;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  }

  const memberAt = (at: number) => members[at] ?? members[0]!;
  for (const member of members) start(member);
  await Promise.all(members.map(({ client }) => answers(dispatcher, client)));
  return {
    endpoints: members.map(({ client }) => client) as [string, ...string[]],
    signal: (signal, at = 0) => void memberAt(at).process?.kill(signal),
    kill: (at = 0) => end(memberAt(at)),
    async restart(at = 0) {
      start(memberAt(at));
      await answers(dispatcher, memberAt(at).client);
    },
    async tell(path, body) {
      const options = { method: 'POST', body: JSON.stringify(body), dispatcher } as const;
      return (await fetch(`${memberAt(0).client}/v3/${path}`, options)).status;
    },
    async stop() {
      await Promise.all([...members.map(end), dispatcher.destroy()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function answers(dispatcher: Agent, origin: string): Promise<void> {
  for (;;) {
    const health = await fetch(`${origin}/health`, { dispatcher }).then(
      (response) => response.text(),
      () => '',
    );
    if (health.includes('"true"')) return;
    await pause(20);
  }
}

/** etcd's gateway connects to the address that it is told to listen on: no port 0. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

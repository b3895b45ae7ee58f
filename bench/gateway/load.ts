import { execFile } from 'node:child_process';
import { type ClientHttp2Session, connect } from 'node:http2';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import { cpuSeconds } from '../cpu-seconds.ts';

const run = promisify(execFile);

export interface Load {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly certificateAuthority: string;
  readonly connections: number;
  /** Requests under way on each connection; more than one over HTTP/2 only. */
  readonly streams?: number;
  readonly requests: number;
  readonly protocol: 'http/1.1' | 'h2';
  /** The processes whose CPU time is counted. */
  readonly pids: readonly number[];
}

export interface LoadResult {
  /** How many were answered. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** CPU seconds of the tested processes for 10 000 requests: steadier than a rate on a shared machine. */
  readonly cpuPer10k: number;
}

/**
 * A closed loop over keep-alive connections: each asks, waits for the whole answer, asks again. Bounded in count or time.
 * By wrk and h2load where they are installed, since a client in Node.js is slower than what it measures.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const cpuBefore = cpuSeconds(load.pids);
  const before = performance.now();
  const requests = await (load.protocol === 'h2' ? overHttp2(load) : overHttp1(load));
  const seconds = (performance.now() - before) / 1000;
  const cpu = cpuSeconds(load.pids) - cpuBefore;
  return { requests, requestsPerSecond: requests / seconds, cpuPer10k: (cpu / requests) * 10_000 };
}

const installed = new Map<string, boolean>();

/** Called once before the rounds, so that the programs are not looked for within them. */
export async function findLoadPrograms(): Promise<void> {
  for (const [program, option] of [
    ['wrk', '-v'],
    ['h2load', '--version'],
  ] as const) {
    const found = await run(program, [option]).then(
      () => true,
      (error: { code?: unknown }) => error.code !== 'ENOENT',
    );
    installed.set(program, found);
    if (!found)
      console.log(`${program} is not installed: a client in Node.js takes its place, and is the slower side`);
  }
}

function overHttp1(load: Load): Promise<number> {
  return installed.get('wrk') === true ? byWrk(load) : byUndici(load);
}

function overHttp2(load: Load): Promise<number> {
  return installed.get('h2load') === true ? byH2load(load) : byHttp2(load);
}

/** wrk counts time, not requests: as many seconds as give about as many. So that both do the same, h2load is asked likewise. */
async function byWrk(load: Load): Promise<number> {
  const { connections } = load;
  const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds(load)}s`, ...target(load)]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return Number(/(\d+) requests in/.exec(stdout)?.[1]);
}

async function byH2load(load: Load): Promise<number> {
  const { connections, streams = 1 } = load;
  const many = ['-t1', `-c${connections}`, `-m${streams}`, `-D${seconds(load)}`];
  const { stdout } = await run('h2load', [...many, ...target(load)]);
  const answered = /status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx/.exec(stdout)?.[1];
  if (answered === undefined) throw new Error(stdout);
  return Number(answered);
}

function seconds({ requests }: Load): number {
  return Math.max(1, Math.round(requests / 8_000));
}

function target({ origin, path, headers }: Load): string[] {
  return [...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), origin + path];
}

async function byUndici(load: Load): Promise<number> {
  const pool = new Pool(load.origin, {
    connections: load.connections,
    pipelining: 1,
    allowH2: false,
    connect: { ca: load.certificateAuthority },
  });
  await inLoops(load, async () => {
    const { statusCode, body } = await pool.request({
      path: load.path,
      method: 'GET',
      headers: load.headers,
    });
    if (statusCode !== 200) throw new Error(`unexpected status ${statusCode}: ${await body.text()}`);
    await body.dump();
  });
  await pool.close();
  return load.requests;
}

async function byHttp2(load: Load): Promise<number> {
  const sessions = Array.from({ length: load.connections }, () =>
    connect(load.origin, { ca: load.certificateAuthority }),
  );
  let next = 0;
  await inLoops(load, () => askHttp2(sessions[next++ % sessions.length] as ClientHttp2Session, load));
  for (const session of sessions) session.close();
  return load.requests;
}

function askHttp2(session: ClientHttp2Session, { path, headers }: Load): Promise<void> {
  return new Promise((done, failed) => {
    const stream = session.request({ ':path': path, ...headers });
    let status = 0;
    stream.on('response', (answer) => {
      status = answer[':status'] ?? 0;
    });
    stream.on('error', failed);
    stream.on('end', () =>
      status === 200 ? done() : failed(new Error(`unexpected status ${status} over HTTP/2`)),
    );
    stream.resume();
  });
}

async function inLoops(
  { requests, connections, streams = 1 }: Load,
  ask: () => Promise<void>,
): Promise<void> {
  let left = requests;
  const loop = async () => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: connections * streams }, loop));
}

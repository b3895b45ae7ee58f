import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { Agent, request } from 'node:https';
import { freePort } from '../../e2e/support/free-port.ts';
import { settledKiB } from './memory.ts';
import { type StartedGateway, startGateway } from './start-gateway.ts';

const WATCH = '/api/v1/namespaces/default/pods?watch=true';
const POD = '/api/v1/namespaces/default/pods/web-0';
const STREAMS_A_SESSION = 100;

export interface WatchesRow {
  readonly protocol: 'HTTP/2' | 'TLS HTTP/1.1';
  readonly watches: number;
  /** Memory of the gateway for each. */
  readonly kibEach: number;
  /** From the upstream's write to the client's reading, of one event to 1 000 watchers; milliseconds. */
  readonly eventP50: number;
  readonly eventP99: number;
}

export interface CrowdRow {
  readonly watches: number;
  /** Of an ordinary GET while they are open; milliseconds. */
  readonly getP50: number;
  readonly getP99: number;
}

/** Idle watches through the gateway: what each costs, how an event spreads, and what they do to everybody else. */
export async function measureWatches(): Promise<{ watches: WatchesRow[]; crowd: CrowdRow[] }> {
  const watches = [await measureProtocol('HTTP/2', 5_000), await measureProtocol('TLS HTTP/1.1', 5_000)];
  return { watches, crowd: await measureCrowd() };
}

async function measureProtocol(protocol: WatchesRow['protocol'], count: number): Promise<WatchesRow> {
  const upstream = await startWatchUpstream();
  const gateway = await startGateway(upstream.origin);
  const client = protocol === 'HTTP/2' ? http2Client(gateway) : http1Client(gateway);
  try {
    // What is loaded and allocated once is not a watch's.
    await openMany(client, 200);
    const before = await settledKiB(gateway.pid);
    const received: number[] = [];
    await openMany(client, count, () => received.push(performance.now()));
    const after = await settledKiB(gateway.pid);
    const sent = performance.now();
    upstream.send(1_000);
    while (received.length < 1_000) await new Promise(setImmediate);
    const times = received.map((at) => at - sent).sort((a, b) => a - b);
    return {
      protocol,
      watches: count,
      kibEach: (after - before) / count,
      eventP50: times[500] ?? Number.NaN,
      eventP99: times[990] ?? Number.NaN,
    };
  } finally {
    client.close();
    await gateway.close();
    upstream.close();
  }
}

/** The 10 000th watch is not to be felt by somebody who only asks for an object. */
async function measureCrowd(): Promise<CrowdRow[]> {
  const upstream = await startWatchUpstream();
  const gateway = await startGateway(upstream.origin);
  const client = http2Client(gateway);
  const single = http2Client(gateway);
  const rows: CrowdRow[] = [];
  try {
    await timeGets(single, 300);
    for (const watches of [0, 10_000]) {
      if (watches > 0) await openMany(client, watches);
      const times = await timeGets(single, 500);
      rows.push({ watches, getP50: times[250] ?? Number.NaN, getP99: times[495] ?? Number.NaN });
    }
    return rows;
  } finally {
    client.close();
    single.close();
    await gateway.close();
    upstream.close();
  }
}

async function timeGets(client: Client, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const began = performance.now();
    await client.get(POD);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

/** A hundred at a time: more would measure the handshakes' queue. */
async function openMany(client: Client, count: number, onEvent: () => void = () => {}): Promise<void> {
  for (let opened = 0; opened < count; opened += STREAMS_A_SESSION) {
    const batch = Math.min(STREAMS_A_SESSION, count - opened);
    await Promise.all(Array.from({ length: batch }, () => client.watch(onEvent)));
  }
}

interface Client {
  /** Resolves when the answer has begun. */
  watch(onEvent: () => void): Promise<void>;
  get(path: string): Promise<void>;
  close(): void;
}

function http2Client({ origin, certificateAuthority: ca, token }: StartedGateway): Client {
  const headers = { authorization: `Bearer ${token}` };
  const sessions: ClientHttp2Session[] = [];
  let free = 0;
  const session = (): ClientHttp2Session => {
    if (free === 0) {
      const opened = connect(origin, { ca });
      opened.setMaxListeners(0);
      sessions.push(opened);
      free = STREAMS_A_SESSION;
    }
    free -= 1;
    return sessions.at(-1) as ClientHttp2Session;
  };
  const watchSession = () => session();
  let getSession: ClientHttp2Session | undefined;
  return {
    async watch(onEvent) {
      const stream = watchSession().request({ ':path': WATCH, ...headers });
      stream.on('data', onEvent).on('error', () => {});
      const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
      if (answer[':status'] !== 200) throw new Error(`a watch got ${answer[':status']}`);
    },
    async get(path) {
      getSession ??= connect(origin, { ca });
      const stream = getSession.request({ ':path': path, ...headers });
      stream.resume();
      await once(stream, 'end');
    },
    close: () => {
      for (const opened of [...sessions, ...(getSession === undefined ? [] : [getSession])]) opened.destroy();
    },
  };
}

function http1Client({ origin, certificateAuthority: ca, token }: StartedGateway): Client {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (path: string) => {
    const asked = request(origin + path, { agent, headers });
    asked.end();
    const [answer] = await once(asked, 'response');
    if (answer.statusCode !== 200) throw new Error(`got ${answer.statusCode}`);
    return answer;
  };
  return {
    async watch(onEvent) {
      const answer = await ask(WATCH);
      answer.on('data', onEvent).on('error', () => {});
    },
    async get(path) {
      const answer = await ask(path);
      answer.resume();
      await once(answer, 'end');
    },
    close: () => agent.destroy(),
  };
}

/** An API server whose watches are silent until it is told to speak to the newest of them. */
async function startWatchUpstream() {
  const open: ServerResponse[] = [];
  const server = createServer((asked, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    if (!asked.url?.includes('watch=true')) return void response.end('{}');
    response.flushHeaders();
    open.push(response);
  });
  const port = await freePort();
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', 4096, done));
  return {
    origin: `http://127.0.0.1:${port}`,
    send(count: number) {
      const event = `${JSON.stringify({ type: 'MODIFIED', object: { kind: 'Pod', filler: 'x'.repeat(1000) } })}\n`;
      for (const response of open.slice(-count)) response.write(event);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

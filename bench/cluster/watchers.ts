import { once } from 'node:events';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { Agent, request } from 'node:https';
import { settledKiB } from '../gateway/memory.ts';
import { ALL_KEYS, type Create, createPod, putKey } from './pods.ts';
import { openPool, type Started } from './started.ts';

export const WATCHERS = 1_000;
const EVENTS = 20;
const WATCH = '/api/v1/namespaces/default/pods?watch=true';
const STREAMS_A_SESSION = 100;

export type Protocol = 'HTTP/2' | 'TLS HTTP/1.1';
/** The same without TLS, and etcd's way to ask. */
const ETCD = 'HTTP/1.1, etcd alone';

export interface WatchersRow {
  readonly protocol: Protocol | typeof ETCD;
  /** Of the server, for each watch. */
  readonly kibEach: number;
  /** From the sending of a create to the reading of its event, of all watchers and several events; milliseconds. */
  readonly eventP50: number;
  readonly eventP99: number;
}

/** What a watch costs that nothing is told. */
export async function measureSilent(server: Started, protocol: Protocol): Promise<number> {
  const client = clientOf(server, protocol);
  try {
    return (await openMeasured(server, client, () => {})) / WATCHERS;
  } finally {
    client.close();
  }
}

/** Watches of one collection, what each costs, and how an event reaches all of them. */
export function measureWatchers(server: Started, protocol: Protocol): Promise<WatchersRow> {
  return measure(server, protocol, clientOf(server, protocol), createPod);
}

/** The reference: as many watches of as many bytes on etcd's JSON gateway. */
export function measureEtcdWatchers(server: Started): Promise<WatchersRow> {
  return measure(server, ETCD, etcdClient(server), putKey);
}

async function measure(
  server: Started,
  protocol: WatchersRow['protocol'],
  client: Client,
  create: Create,
): Promise<WatchersRow> {
  const pool = openPool(server, 1);
  let received: number[] = [];
  try {
    const kib = await openMeasured(server, client, () => received.push(performance.now()));
    const times: number[] = [];
    for (let event = 0; event < EVENTS; event++) {
      received = [];
      const sent = performance.now();
      const answer = await pool.request({
        ...create(event),
        method: 'POST',
        headers: { ...server.headers, 'content-type': 'application/json' },
      });
      await answer.body.dump();
      while (received.length < WATCHERS) await new Promise(setImmediate);
      times.push(...received.map((at) => at - sent));
    }
    times.sort((a, b) => a - b);
    return {
      protocol,
      kibEach: kib / WATCHERS,
      eventP50: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
      eventP99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    };
  } finally {
    client.close();
    await pool.close();
  }
}

/** @returns by how many KiB the server has grown */
async function openMeasured({ pid }: Started, client: Client, onEvent: () => void): Promise<number> {
  // What is loaded and allocated once is not a watch's.
  await openMany(client, 100, () => {});
  const before = await settledKiB(pid);
  await openMany(client, WATCHERS, onEvent);
  return (await settledKiB(pid)) - before;
}

function clientOf(server: Started, protocol: Protocol): Client {
  return protocol === 'HTTP/2' ? http2Client(server) : http1Client(server);
}

interface Client {
  /** Resolves when the answer has begun. @param onEvent told of each line */
  watch(onEvent: () => void): Promise<void>;
  close(): void;
}

/** A hundred at a time: more would measure the handshakes' queue. */
async function openMany(client: Client, count: number, onEvent: () => void): Promise<void> {
  for (let opened = 0; opened < count; opened += 100)
    await Promise.all(Array.from({ length: 100 }, () => client.watch(onEvent)));
}

/** A line may come in several pieces: it is there when it ends. */
function linesOf(onEvent: () => void): (chunk: Buffer) => void {
  return (chunk) => {
    for (const byte of chunk) if (byte === 0x0a) onEvent();
  };
}

function http2Client({ origin, ca, headers }: Started): Client {
  const sessions: ClientHttp2Session[] = [];
  let free = 0;
  return {
    async watch(onEvent) {
      if (free === 0) {
        const opened = connect(origin, { ca });
        opened.setMaxListeners(0);
        sessions.push(opened);
        free = STREAMS_A_SESSION;
      }
      free -= 1;
      const stream = (sessions.at(-1) as ClientHttp2Session).request({ ':path': WATCH, ...headers });
      stream.on('data', linesOf(onEvent)).on('error', () => {});
      const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
      if (answer[':status'] !== 200) throw new Error(`a watch got ${answer[':status']}`);
    },
    close: () => {
      for (const opened of sessions) opened.destroy();
    },
  };
}

function http1Client({ origin, ca, headers }: Started): Client {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  return {
    async watch(onEvent) {
      const asked = request(origin + WATCH, { agent, headers });
      asked.end();
      const [answer] = await once(asked, 'response');
      if (answer.statusCode !== 200) throw new Error(`a watch got ${answer.statusCode}`);
      answer.on('data', linesOf(onEvent)).on('error', () => {});
    },
    close: () => agent.destroy(),
  };
}

/** Its first line says that the watch is there. */
function etcdClient({ origin }: Started): Client {
  const agent = new PlainAgent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  return {
    watch: (onEvent) =>
      new Promise((begun, failed) => {
        const asked = plainRequest(`${origin}/v3/watch`, { agent, method: 'POST' });
        asked.once('error', failed).end(JSON.stringify({ create_request: ALL_KEYS }));
        asked.once('response', (answer) => {
          let isCreated = false;
          const onLine = () => {
            if (isCreated) onEvent();
            isCreated = true;
            begun();
          };
          answer.on('data', linesOf(onLine)).on('error', () => {});
        });
      }),
    close: () => agent.destroy(),
  };
}

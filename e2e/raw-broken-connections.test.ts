import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Field, flag, frame, frameType, headers, uint32 } from './support/http2-frames.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectHttp2 } from './support/raw-request.ts';
import { connectRaw, type RawConnection } from './support/raw-tls.ts';
import { SWITCHING, upgradeRequest, WEBSOCKET } from './support/raw-upgrade.ts';

const WORKERS = 8;
/** Milliseconds. A loop goes on until then, and on a slow machine until it has been round often enough. */
const LASTING = 4_000;
const LEAST_ROUNDS = 200;
/** How late a peer may hear of an end, in the middle of all cases: a single one waits for a busy machine. */
const HEARD_WITHIN = 1_000;
const CANCEL = 8;
const PATIENTLY = { timeout: 20_000, interval: 50 };

let at: RawGateway;
/** Ends of upgraded connections upstream, by the pod's name, which is of one round. */
const upstream = new Map<string, Socket>();

beforeAll(async () => {
  at = await startRawGateway({
    upgraded: ({ url = '' }, socket) => {
      const [, pod = ''] = /pods\/([\w-]+)\//.exec(url) ?? [];
      upstream.set(pod, socket);
      if (!pod.startsWith('held')) socket.on('data', (chunk) => socket.write(chunk)).write(SWITCHING);
    },
  });
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const descriptors = () => readdirSync(`/proc/${at.sallyport.pid}/fd`).length;

/** Resolves with the milliseconds until the socket has closed. */
async function closing(socket: {
  readonly closed: boolean;
  once(event: 'close', done: () => void): unknown;
}) {
  const from = performance.now();
  if (!socket.closed) await new Promise<void>((done) => socket.once('close', done));
  return performance.now() - from;
}

async function arrived(pod: string): Promise<Socket> {
  await vi.waitFor(() => expect(upstream.has(pod)).toBe(true), PATIENTLY);
  const socket = upstream.get(pod);
  if (socket === undefined) throw new Error('it has just been there');
  return socket;
}

/** One connection that is broken at one moment; resolves with how late the other side heard of it. */
type Break = (round: string) => Promise<number | undefined>;

const leave = (connection: RawConnection, abruptly: boolean) =>
  abruptly ? connection.reset() : void connection.socket.destroy();

const upgrading = async (pod: string) => {
  const connection = await connectRaw(at.sallyport);
  connection.write(upgradeRequest(at, WEBSOCKET, { pod }));
  return connection;
};

const UPGRADES: readonly Break[] = [true, false].flatMap((abruptly): Break[] => [
  async (round) => {
    const connection = await connectRaw(at.sallyport);
    const request = upgradeRequest(at, WEBSOCKET, { pod: `echo-${round}` });
    connection.write(request.slice(0, (Number(round) * 37) % request.length));
    leave(connection, abruptly);
    return undefined;
  },
  async (round) => {
    const connection = await upgrading(`held-${round}`);
    const end = await arrived(`held-${round}`);
    leave(connection, abruptly);
    return closing(end);
  },
  async (round) => {
    const connection = await upgrading(`echo-${round}`);
    await connection.until(/ 101 /);
    connection.write('something to echo');
    leave(connection, abruptly);
    return closing(await arrived(`echo-${round}`));
  },
  async (round) => {
    const connection = await upgrading(`echo-${round}`);
    await connection.until(/ 101 /);
    connection.write('something to echo');
    const end = await arrived(`echo-${round}`);
    if (abruptly) end.resetAndDestroy();
    else end.destroy();
    return closing(connection.socket);
  },
  async (round) => {
    const connection = await upgrading(`held-${round}`);
    const end = await arrived(`held-${round}`);
    if (abruptly) end.resetAndDestroy();
    else end.destroy(new Error('of the test'));
    return closing(connection.socket);
  },
]);

const post = (person: 'jane' | 'bob'): Field[] => [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', PODS],
  ['authorization', `Bearer ${at.tokens[person]}`],
];

const REQUESTS: readonly Break[] = [true, false].flatMap((abruptly): Break[] => [
  async (round) => {
    const connection = await connectRaw(at.sallyport);
    const lines = ['Host: localhost', `Authorization: Bearer ${at.tokens.jane}`, 'Content-Length: 1000'];
    const request = `POST ${PODS} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${'x'.repeat(1_000)}`;
    connection.write(request.slice(0, (Number(round) * 53) % request.length));
    leave(connection, abruptly);
    return undefined;
  },
  async () => {
    const connection = await connectRaw(at.sallyport);
    connection.write(
      `GET ${PODS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${at.tokens.jane}\r\n\r\n`.repeat(5),
    );
    await connection.until(/^HTTP/);
    leave(connection, abruptly);
    return undefined;
  },
  async (round) => {
    const connection = await connectHttp2(at.sallyport);
    const begun = Buffer.concat([
      headers(1, post('jane'), 0),
      frame(frameType.data, 0, 1, 'x'.repeat(500)),
      headers(3, post('bob'), 0),
    ]);
    connection.write(begun.subarray(0, (Number(round) * 71) % begun.length));
    leave(connection, abruptly);
    return undefined;
  },
  async () => {
    const connection = await connectHttp2(at.sallyport);
    for (const stream of [1, 3, 5]) connection.write(headers(stream, post('jane'), 0));
    connection.write(frame(frameType.rstStream, 0, 3, uint32(CANCEL)));
    connection.write(frame(frameType.data, flag.endStream, 1, 'abc'));
    await connection.answer(1);
    leave(connection, abruptly);
    return undefined;
  },
]);

/** Breaks connections of all these kinds side by side, and gives what the peers heard how late. */
async function breakAll(breaks: readonly Break[]): Promise<{ rounds: number; late: number[] }> {
  const end = performance.now() + LASTING;
  const late: number[] = [];
  let rounds = 0;
  const worker = async () => {
    while (performance.now() < end || rounds < LEAST_ROUNDS) {
      const round = rounds++;
      const heard = await breaks[round % breaks.length]?.(String(round));
      if (heard !== undefined) late.push(heard);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return { rounds, late: late.sort((a, b) => a - b) };
}

describe('connections that break on either side, at any time', { timeout: 50_000 }, () => {
  it('S-225 S-230 leave nothing open when they were upgraded, or about to be', async () => {
    // What is loaded or opened with the first ones stays.
    for (const [index, each] of UPGRADES.entries()) await each(`${100_000 + index}`);
    await at.seen();
    const [before, open] = [descriptors(), at.upstream.open()];
    const { rounds, late } = await breakAll(UPGRADES);
    expect(rounds).toBeGreaterThanOrEqual(LEAST_ROUNDS);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(HEARD_WITHIN);
    await vi.waitFor(() => {
      expect(at.upstream.open()).toBeLessThanOrEqual(open + 1);
      expect(descriptors()).toBeLessThanOrEqual(before + 1);
    }, PATIENTLY);
    await at.seen();
  });

  it('S-230 leave nothing open when they were none to upgrade, over HTTP/1.1 and HTTP/2', async () => {
    const { rounds } = await breakAll(REQUESTS);
    expect(rounds).toBeGreaterThanOrEqual(LEAST_ROUNDS);
    // What goes on upstream is kept for the next request: as many connections as there were requests at once.
    const most = at.upstream.open();
    await breakAll(REQUESTS);
    await vi.waitFor(() => {
      expect(at.upstream.open()).toBeLessThanOrEqual(most + WORKERS);
      expect(descriptors()).toBeLessThan(200);
    }, PATIENTLY);
    await at.seen();
  });
});

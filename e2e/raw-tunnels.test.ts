import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentMemory } from './support/kept-memory.ts';
import { type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectRaw } from './support/raw-tls.ts';
import { SWITCHING, upgradeRequest, WEBSOCKET } from './support/raw-upgrade.ts';

const BIG = 3_000_000;
const ENDLESS = 100_000_000;
/** What ten readers that do not read may cost, in MiB: far less than the thousand that is sent to them. */
const MOST_GROWN = 200;

/** What the upstream does with an upgrade, by the pod's name. */
const ACTS: Readonly<Record<string, (socket: Socket) => void>> = {
  drain: (socket) => {
    socket.write(SWITCHING);
    socket.on('end', () => socket.end('x'.repeat(BIG)));
  },
  /** Sends as it is read from, and at last the digest of what came. */
  digest: (socket) => {
    socket.write(SWITCHING);
    const hash = createHash('sha256');
    socket.on('data', (piece: Buffer) => {
      hash.update(piece);
      socket.write(piece);
    });
    socket.on('end', () => socket.end(hash.digest('hex')));
  },
  endless: (socket) => {
    socket.write(SWITCHING);
    const chunk = Buffer.alloc(1 << 16);
    let left = ENDLESS;
    const fill = () => {
      while (left > 0 && socket.write(chunk)) left -= chunk.length;
    };
    socket.on('drain', fill);
    fill();
  },
};

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({
    upgraded: ({ url = '' }, socket) => ACTS[/pods\/(\w+)\//.exec(url)?.[1] ?? '']?.(socket),
  });
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

describe('an upgraded connection', { timeout: 10_000 }, () => {
  it('S-224 drains the one direction when the other has ended', async () => {
    const connection = await connectRaw(at.sallyport);
    connection.write(upgradeRequest(at, WEBSOCKET, { pod: 'drain' }));
    const head = (await connection.until(/ 101 [\s\S]*\r\n\r\n/)).length;
    connection.socket.end('last words');
    expect((await connection.ended()).length - head).toBe(BIG);
    expect((await at.seen()).bytes.join('')).toMatch(/last words$/);
  });

  // Lengths at and beside the sizes of TLS records and of buffers.
  it.each([1, 16_384, 16_385, 65_537, 700_001])(
    'R-031 keeps order and loses no byte when one direction ends (after %i bytes)',
    async (length) => {
      const connection = await connectRaw(at.sallyport);
      connection.write(upgradeRequest(at, WEBSOCKET, { pod: 'digest' }));
      const head = (await connection.until(/ 101 [\s\S]*\r\n\r\n/)).length;
      const bytes = randomBytes(length);
      for (let from = 0; from < length; from += 7_919)
        connection.socket.write(bytes.subarray(from, from + 7_919));
      connection.socket.end();
      const digest = createHash('sha256').update(bytes).digest('hex');
      const came = (await connection.ended()).slice(head);
      expect(came.length).toBe(length + digest.length);
      expect(came === bytes.toString('latin1') + digest).toBe(true);
    },
  );

  it('S-227 with readers that do not read costs little memory', async () => {
    const before = residentMemory(at.sallyport.pid);
    const connections = [];
    for (let index = 0; index < 10; index += 1) {
      const connection = await connectRaw(at.sallyport);
      connections.push(connection);
      connection.socket.once('data', () => connection.socket.pause());
      connection.write(upgradeRequest(at, WEBSOCKET, { pod: 'endless' }));
      await connection.until(/ 101 /);
    }
    for (let round = 0; round < 20; round += 1) await at.seen();
    expect(residentMemory(at.sallyport.pid) - before).toBeLessThan(MOST_GROWN);
    for (const { socket } of connections) socket.destroy();
  });
});

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

import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { client, gatewayTo, raw, SWITCHING, untilTrue, upstream, WEBSOCKET } from './raw-upgrade.ts';

describe('a pair of connections that an upgrade has joined', () => {
  it('S-224 drains one direction after the other has ended', async () => {
    const big = 'x'.repeat(3_000_000);
    const api = await upstream((socket) => {
      socket.write(SWITCHING);
      socket.on('end', () => socket.end(big));
    });
    const { port } = await gatewayTo(api.port);
    const at = await client(port, raw(WEBSOCKET));
    await at.until(/ 101 [\s\S]*\r\n\r\n/);
    at.socket.end('last words');
    await once(at.socket, 'close');
    expect(api.seen.bytes.endsWith('last words')).toBe(true);
    expect(at.text().length - (at.text().indexOf('\r\n\r\n') + 4)).toBe(big.length);
  });

  it('S-225 cuts one side when the other breaks', async () => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const { port } = await gatewayTo(api.port);
    const one = await client(port, raw(WEBSOCKET));
    await one.until(/ 101 /);
    one.socket.resetAndDestroy();
    await untilTrue(
      () => api.seen.sockets[0]?.destroyed === true || api.seen.sockets[0]?.readableEnded === true,
    );
    const other = await client(port, raw(WEBSOCKET));
    await other.until(/ 101 /);
    api.seen.sockets[1]?.resetAndDestroy();
    await once(other.socket, 'close');
  });

  it('S-227 stops reading from one side when the other does not', async () => {
    let written = 0;
    const api = await upstream((socket) => {
      socket.write(SWITCHING);
      const chunk = Buffer.alloc(1 << 16);
      const fill = () => {
        while (written < 1 << 29 && socket.write(chunk)) written += chunk.length;
      };
      socket.on('drain', fill);
      fill();
    });
    const { port } = await gatewayTo(api.port);
    const at = await client(port, raw(WEBSOCKET));
    await at.until(/ 101 /);
    at.socket.pause();
    // Full when two looks in a row see no byte more; kernel buffers hold some megabytes.
    for (let before = -1; before !== written; ) {
      before = written;
      for (let turn = 0; turn < 2_000; turn += 1) await new Promise((next) => setImmediate(next));
    }
    expect(written).toBeLessThan(1 << 26);
  });
});

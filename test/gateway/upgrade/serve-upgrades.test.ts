import { afterEach, describe, expect, it } from 'vitest';
import { recordingTarget, sendRaw, serveGateway } from '../support/gateway.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('an upgrade behind a request that is not answered yet', () => {
  it('ends the connection, and nothing else', async () => {
    const { target, seen } = recordingTarget();
    const gateway = await serveGateway({ target, authenticate: () => new Promise(() => {}) });
    closers.push(gateway.close);
    const upgrade = [
      'GET /api/v1/watch/pods HTTP/1.1',
      'Host: a',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ].join('\r\n');
    expect(await sendRaw(gateway.port, `GET /api HTTP/1.1\r\nHost: a\r\n\r\n${upgrade}\r\n\r\n`)).toBe('');
    expect(seen).toEqual([]);
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const port = () => Number(new URL(at.sallyport.gateway).port);

const anybody = (): undefined => undefined;

/** What a handshake comes to. */
async function shake(options: ConnectionOptions): Promise<TLSSocket | Error> {
  const ca = readFileSync(join(at.sallyport.dataDir, 'ca.crt'));
  const socket = connect({ host: '127.0.0.1', port: port(), ca, servername: 'localhost', ...options });
  socket.on('error', () => {});
  return once(socket, 'secureConnect').then(
    () => socket,
    (error: Error) => error,
  );
}

/** Sends bytes without TLS, and waits for the end. */
async function sendPlain(bytes: Buffer): Promise<string> {
  const socket = connectTcp(port(), '127.0.0.1');
  let text = '';
  socket
    .on('error', () => {})
    .setEncoding('latin1')
    .on('data', (chunk: string) => {
      text += chunk;
    });
  socket.end(bytes);
  await once(socket, 'close');
  return text;
}

describe('S-243 a handshake', () => {
  it.each([
    ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1' }],
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }],
    ['a cipher without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }],
    ['a protocol of nobody', { ALPNProtocols: ['h3'] }],
    ['many protocols of nobody', { ALPNProtocols: Array.from({ length: 200 }, (_, index) => `x${index}`) }],
  ] as const)('with %s comes to nothing', async (_what, options) => {
    const outcome = await shake({
      ...options,
      ciphers: 'ciphers' in options ? options.ciphers : 'DEFAULT:@SECLEVEL=0',
    });
    if (!(outcome instanceof Error)) {
      outcome.write(`GET ${PODS} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await once(outcome, 'close');
    }
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each([
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['TLS 1.3', { minVersion: 'TLSv1.3' }],
    ['no name', { servername: '', checkServerIdentity: anybody }],
    ['a name of nobody', { servername: 'evil.example', checkServerIdentity: anybody }],
    ['a long name', { servername: 'a'.repeat(250), checkServerIdentity: anybody }],
    ['no protocols', { ALPNProtocols: [] }],
  ] as const)('with %s is answered', async (_what, options) => {
    const socket = (await shake(options as ConnectionOptions)) as TLSSocket;
    expect(socket).not.toBeInstanceOf(Error);
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket.setEncoding('latin1')) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10_000)],
    ['half a ClientHello', Buffer.from('16030100c8010000c40303', 'hex')],
    ['a record that is too long', Buffer.from('160301ffff', 'hex')],
    ['SSLv2', Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex')],
  ])('that is %s harms nobody', async (_what, bytes) => {
    expect(await sendPlain(bytes)).not.toContain('HTTP/1.1 200');
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });
});

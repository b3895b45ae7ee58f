import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  clientCertificateOptions,
  readClientAuthorities,
} from '../../../src/gateway/tls/client-authorities.ts';
import { keepClientAuthorities } from '../../../src/gateway/tls/keep-client-authorities.ts';
import { type Issued, issue, issueAuthority, usage } from '../support/client-certificates.ts';

let serving: Issued;
let old: Issued;
let young: Issued;
let jane: Issued;
let bob: Issued;

beforeAll(async () => {
  [serving, old, young] = await Promise.all([
    issue([['CN', 'localhost']], { usages: [usage.server] }),
    issueAuthority('old'),
    issueAuthority('young'),
  ]);
  [jane, bob] = await Promise.all([
    issue([['CN', 'jane']], { by: old }),
    issue([['CN', 'bob']], { by: young }),
  ]);
});

async function setUp(first: string) {
  let text = first;
  const { cert, key } = serving;
  const server = createServer({ cert, key, ...clientCertificateOptions(readClientAuthorities(text)) });
  const seen: boolean[] = [];
  server.on('secureConnection', (socket: TLSSocket) => seen.push(socket.authorized));
  server.on('tlsClientError', () => undefined);
  const complaints: string[] = [];
  const kept = keepClientAuthorities(readClientAuthorities(text), {
    server,
    serving: { cert, key },
    load: () => readClientAuthorities(text),
    log: { info: () => undefined, error: (_, message) => complaints.push(message) },
    everyMs: 3_600_000,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    kept.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    kept,
    complaints,
    /** Puts the text into the file and has it looked at. */
    write: (next: string) => {
      text = next;
      kept.look();
    },
    /** Connects; whether the server has verified the certificate, and the connection. */
    open: async (client?: Issued) => {
      const before = seen.length;
      const socket = connect({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: serving.cert,
        ...(client && { cert: client.cert, key: client.key }),
      });
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined);
      await expect.poll(() => seen.length).toBe(before + 1);
      return { socket, verified: seen.at(-1) };
    },
  };
}

const ended = async (socket: TLSSocket) => {
  if (!socket.destroyed) await once(socket.resume(), 'close');
  return true;
};

describe('keepClientAuthorities', () => {
  it('adds an authority, and leaves the connections alone', async () => {
    const { open, write } = await setUp(old.cert);
    const first = await open(jane);
    expect(first.verified).toBe(true);
    expect((await open(bob)).verified).toBe(false);
    write(old.cert + young.cert);
    expect((await open(bob)).verified).toBe(true);
    expect((await open(jane)).verified).toBe(true);
    expect(first.socket.destroyed).toBe(false);
  });

  it('takes one away, and ends the connections that came by certificate', async () => {
    const { open, write } = await setUp(old.cert + young.cert);
    const [withCertificate, without] = [await open(jane), await open()];
    write(young.cert);
    expect(await ended(withCertificate.socket)).toBe(true);
    expect((await open(jane)).verified).toBe(false);
    expect((await open(bob)).verified).toBe(true);
    expect(without.socket.destroyed).toBe(false);
  });

  it('ends a connection whose handshake has outlasted its authority', async () => {
    const { port, write } = await setUp(old.cert);
    const raw = connectTcp(port, '127.0.0.1');
    onTestFinished(() => void raw.destroy());
    await once(raw, 'connect');
    // The server has answered the ClientHello with its old authorities; what comes next waits here.
    let held = true;
    let hello = false;
    const waiting: Buffer[] = [];
    const pipe = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        if (held && hello) waiting.push(chunk);
        else raw.write(chunk);
        hello = true;
        done();
      },
    });
    const answered = once(raw, 'data');
    raw.on('data', (chunk) => pipe.push(chunk)).on('close', () => pipe.push(null));
    const socket = connect({
      socket: pipe,
      servername: 'localhost',
      ca: serving.cert,
      cert: jane.cert,
      key: jane.key,
    });
    socket.on('error', () => undefined);
    await answered;
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    write(young.cert);
    held = false;
    for (const chunk of waiting) raw.write(chunk);
    await once(raw.resume(), 'close');
    expect(raw.destroyed).toBe(true);
  });

  it('keeps the last good ones while the file is wrong, and says so once', async () => {
    const { open, write, complaints } = await setUp(old.cert);
    write('');
    write('');
    expect(complaints).toEqual(['client authorities not taken; the last good ones stay']);
    expect((await open(jane)).verified).toBe(true);
    write(young.cert);
    expect((await open(jane)).verified).toBe(false);
  });

  it('serves another certificate beside the authorities in force', async () => {
    const { open, write, kept } = await setUp(old.cert);
    write(young.cert);
    kept.setSecureContext({ cert: serving.cert, key: serving.key });
    expect((await open(bob)).verified).toBe(true);
    expect((await open(jane)).verified).toBe(false);
  });
});

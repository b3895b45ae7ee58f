import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createCertificateAuthority,
  type KeyPair,
  signServingCertificate,
} from '../../../src/certificates/index.ts';
import { keepCertificate } from '../../../src/gateway/tls/keep-certificate.ts';

const now = new Date();
let ca: KeyPair;
let pairs: KeyPair[];

beforeAll(async () => {
  ca = await createCertificateAuthority(now);
  pairs = [
    await signServingCertificate(ca, ['localhost'], now),
    await signServingCertificate(ca, ['localhost'], now),
  ];
});

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

/** The fingerprint of what a new connection is shown. */
async function shown(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: ca.certificate });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

it('shows new connections the certificate that has come, and keeps the old one when none can be read', async () => {
  const [first, second] = pairs as [KeyPair, KeyPair];
  const server = createServer({ cert: first.certificate, key: first.privateKey });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const complaints: string[] = [];
  const loads = [
    () => Promise.reject(new Error('unreadable')),
    () => Promise.resolve({ ...second, certificateAuthority: '' }),
  ];
  const renewed = new Promise<void>((done) => {
    const keeper = keepCertificate(
      { ...first, certificateAuthority: '' },
      {
        server,
        everyMs: 1,
        load: () => (loads.length > 1 ? loads.shift() : loads[0])?.() ?? Promise.reject(new Error('never')),
        log: { info: () => done(), error: (_fields, message) => complaints.push(message) },
      },
    );
    closers.push(keeper.close);
  });
  const before = await shown(port);
  await renewed;
  expect(complaints).toEqual(['the certificate could not be renewed']);
  expect(before).toBe(new X509Certificate(first.certificate).fingerprint256);
  expect(await shown(port)).toBe(new X509Certificate(second.certificate).fingerprint256);
});

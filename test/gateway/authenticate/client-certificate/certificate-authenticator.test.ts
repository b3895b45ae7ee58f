import { constants } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, createSecureServer } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket, type TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  clientCertificateOptions,
  createCertificateAuthenticator,
  readClientAuthorities,
} from '../../../../src/gateway/index.ts';
import {
  type Issued,
  issue,
  issueAuthority,
  type Subject,
  usage,
} from '../../support/client-certificates.ts';

const JANE: Subject = [
  ['O', 'dev'],
  ['CN', 'jane'],
];
const DAY = 86_400_000;
let server: Issued;
let root: Issued;
let intermediate: Issued;
let foreign: Issued;

beforeAll(async () => {
  [root, foreign] = await Promise.all([issueAuthority('clients'), issueAuthority('clients')]);
  [server, intermediate] = await Promise.all([
    issue([['CN', 'localhost']], { usages: [usage.server] }),
    issueAuthority('intermediate', root),
  ]);
});

interface Served {
  readonly port: number;
  readonly clock: { now: number };
  /** Of each connection, whether its session was resumed. */
  readonly resumed: boolean[];
}

/** A server for HTTP/1.1 and HTTP/2 that answers with who the certificate is from. */
async function serve(authorities: string, tls: TlsOptions = {}): Promise<Served> {
  const clock = { now: Date.now() };
  const authenticate = createCertificateAuthenticator(() => clock.now);
  const options = clientCertificateOptions(readClientAuthorities(authorities));
  const listening = createSecureServer(
    { cert: server.cert, key: server.key, allowHTTP1: true, ...options, ...tls },
    (request, response) => response.end(JSON.stringify(authenticate(request))),
  );
  const sockets: TLSSocket[] = [];
  const resumed: boolean[] = [];
  listening.on('secureConnection', (socket: TLSSocket) => {
    resumed.push(socket.isSessionReused());
    sockets.push(socket.on('error', () => undefined));
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listening.close();
  });
  return { port: (listening.address() as AddressInfo).port, clock, resumed };
}

/** The outcome for a client that shows this certificate, with `chain` sent along. */
async function outcomeOf(port: number, client?: Issued, chain: readonly Issued[] = []): Promise<unknown> {
  const shown = client && { cert: [client, ...chain].map(({ cert }) => cert).join(''), key: client.key };
  const asked = httpsRequest({
    port,
    host: '127.0.0.1',
    ca: server.cert,
    servername: 'localhost',
    agent: false,
    ...shown,
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  let text = '';
  for await (const chunk of answer) text += chunk;
  return JSON.parse(text);
}

async function verdict(authorities: string, client?: Issued, chain: readonly Issued[] = []): Promise<string> {
  const { port } = await serve(authorities);
  const outcome = (await outcomeOf(port, client, chain)) as {
    outcome: string;
    reason?: string;
    user?: { username: string };
  };
  return outcome.user?.username ?? outcome.reason?.replace(/SN=[0-9A-F]+/, 'SN=…') ?? outcome.outcome;
}

const refusal = (reason: string) => `x509: verifying certificate SN=… failed: ${reason}`;

describe('a client certificate', () => {
  it('names its user until it expires', async () => {
    const notAfter = new Date(Math.floor(Date.now() / 1000) * 1000 + DAY);
    const jane = await issue(JANE, { by: root, notAfter });
    const { port } = await serve(root.cert);
    expect(await outcomeOf(port, jane)).toMatchObject({
      outcome: 'authenticated',
      user: { username: 'jane', groups: ['dev', 'system:authenticated'] },
      expiresAt: notAfter.getTime(),
    });
  });

  it('is not needed', async () => {
    expect(await verdict(root.cert)).toBe('notMine');
  });

  it('without a common name is nobody’s', async () => {
    expect(await verdict(root.cert, await issue([['O', 'dev']], { by: root }))).toBe('notMine');
  });

  // S-042: certificates that other authorities, usages and times have made.
  it.each<[string, () => Promise<Issued>, string]>([
    [
      'of another authority with the same name',
      () => issue(JANE, { by: foreign }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['signed by itself', () => issue(JANE), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for servers', () => issue(JANE, { by: root, usages: [usage.server] }), 'INVALID_PURPOSE'],
    // Go takes it.
    ['for any usage', () => issue(JANE, { by: root, usages: [usage.any] }), 'INVALID_PURPOSE'],
    [
      'that has expired',
      () =>
        issue(JANE, {
          by: root,
          notBefore: new Date(Date.now() - 2 * DAY),
          notAfter: new Date(Date.now() - DAY),
        }),
      'CERT_HAS_EXPIRED',
    ],
    [
      'that is not valid yet',
      () =>
        issue(JANE, {
          by: root,
          notBefore: new Date(Date.now() + DAY),
          notAfter: new Date(Date.now() + 2 * DAY),
        }),
      'CERT_NOT_YET_VALID',
    ],
    [
      'signed by another client’s',
      async () => issue(JANE, { by: await issue([['CN', 'bob']], { by: root }) }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
  ])('%s is refused', async (_, make, reason) => {
    expect(await verdict(root.cert, await make())).toBe(refusal(reason));
  });

  it('is refused with whatever chain it brings along', async () => {
    const bob = await issue([['CN', 'bob']], { by: root });
    expect(await verdict(root.cert, await issue(JANE, { by: bob }), [bob])).toBe(refusal('INVALID_PURPOSE'));
    expect(await verdict(root.cert, await issue(JANE, { by: foreign }), [foreign])).toMatch(
      /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY/,
    );
  });

  it('without extended key usages is for clients too', async () => {
    expect(await verdict(root.cert, await issue(JANE, { by: root, usages: [] }))).toBe('jane');
  });

  it('of an intermediate authority comes with it, or is that of a named one', async () => {
    const jane = await issue(JANE, { by: intermediate });
    expect(await verdict(root.cert, jane)).toBe(refusal('UNABLE_TO_VERIFY_LEAF_SIGNATURE'));
    expect(await verdict(root.cert, jane, [intermediate])).toBe('jane');
    expect(await verdict(intermediate.cert, jane)).toBe('jane');
    // The root is not named: what else it signs does not count.
    const sibling = await issue(JANE, { by: root });
    expect(await verdict(intermediate.cert, sibling)).toMatch(/^x509: verifying certificate SN=… failed: /);
  });

  it('of any of several authorities counts', async () => {
    const both = `# the old one\n${foreign.cert}\n# the new one\n${root.cert}`;
    expect(await verdict(both, await issue(JANE, { by: root }))).toBe('jane');
    expect(await verdict(both, await issue(JANE, { by: foreign }))).toBe('jane');
  });
});

describe('a connection', () => {
  async function openSession(port: number, client?: Issued): Promise<ClientHttp2Session> {
    const session = connectHttp2(`https://localhost:${port}`, {
      ca: server.cert,
      ...(client && { cert: client.cert, key: client.key }),
    });
    onTestFinished(() => session.destroy());
    session.on('error', () => undefined);
    await once(session, 'connect');
    return session;
  }

  async function ask(session: ClientHttp2Session): Promise<{ outcome: string; user?: { username: string } }> {
    const stream = session.request({ ':path': '/' });
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await once(stream, 'end');
    return JSON.parse(text);
  }

  it('has its certificate with HTTP/2 too, at every request until it expires', async () => {
    const { port, clock } = await serve(root.cert);
    const session = await openSession(port, await issue(JANE, { by: root }));
    expect(await ask(session)).toMatchObject({ outcome: 'authenticated', user: { username: 'jane' } });
    expect(await ask(session)).toMatchObject({ outcome: 'authenticated', user: { username: 'jane' } });
    clock.now += 2 * DAY;
    expect(await ask(session)).toEqual({ outcome: 'refused', reason: 'x509: the certificate has expired' });
  });

  it('of another client is not mistaken for it', async () => {
    const { port } = await serve(root.cert);
    const jane = await openSession(port, await issue(JANE, { by: root }));
    const bob = await openSession(port, await issue([['CN', 'bob']], { by: root }));
    const nobody = await openSession(port);
    const answers = await Promise.all([ask(jane), ask(bob), ask(nobody), ask(jane)]);
    expect(answers.map(({ user }) => user?.username)).toEqual(['jane', 'bob', undefined, 'jane']);
  });

  /** Connects twice, the second time with the session of the first and without a certificate; both ask. */
  async function resume({ port, resumed }: Served, options: ConnectionOptions): Promise<readonly string[]> {
    const answers: string[] = [];
    let session: Buffer | undefined;
    for (const shown of [options, {}]) {
      const socket = connect({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: server.cert,
        ...(session && { session }),
        ...shown,
      });
      socket.on('session', (next) => {
        session = next;
      });
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      let text = '';
      for await (const chunk of socket) text += chunk;
      answers.push(/"outcome":"(\w+)"/.exec(text)?.[1] ?? text);
    }
    return [...answers, ...resumed.map(String)];
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes no %s session, verified or not', async (maxVersion) => {
    const jane = await issue(JANE, { by: root });
    const mallory = await issue(JANE, { by: foreign });
    const good = { cert: jane.cert, key: jane.key };
    const bad = { cert: mallory.cert, key: mallory.key };
    expect(await resume(await serve(root.cert, { maxVersion }), good)).toEqual([
      'authenticated',
      'notMine',
      'false',
      'false',
    ]);
    expect(await resume(await serve(root.cert, { maxVersion }), bad)).toEqual([
      'refused',
      'notMine',
      'false',
      'false',
    ]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of a resumed %s session would not count, should a server resume it',
    async (maxVersion) => {
      const jane = await issue(JANE, { by: root });
      const resuming = await serve(root.cert, { maxVersion, secureOptions: 0 });
      expect(await resume(resuming, { cert: jane.cert, key: jane.key })).toEqual([
        'authenticated',
        'refused',
        'false',
        'true',
      ]);
    },
  );

  it('cannot exchange its certificate by a renegotiation', async () => {
    const { port } = await serve(root.cert);
    const jane = await issue(JANE, { by: root });
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: server.cert,
      cert: jane.cert,
      key: jane.key,
      maxVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    });
    await once(socket, 'secureConnect');
    const outcome = await new Promise<string>((done) => {
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
      socket.on('close', () => done('closed'));
      socket.renegotiate({}, (error) => done(error === null ? 'renegotiated' : 'refused'));
    });
    expect(outcome).toBe('ERR_SSL_NO_RENEGOTIATION');
  });
});

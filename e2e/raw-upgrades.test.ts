import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectRaw, type RawConnection, sendRaw, statusesOf } from './support/raw-tls.ts';
import { SPDY, SWITCHING, type UpgradedPod, upgradeRequest, WEBSOCKET } from './support/raw-upgrade.ts';

const READER = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: dev }
rules: [{ verbs: [get, list], apiGroups: [''], resources: [pods, pods/exec, pods/attach, pods/portforward] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader, namespace: dev }
subjects: [{ kind: User, name: bob, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io }
`;

/** What the upstream does with an upgrade, by the pod's name. */
const ACTS: Readonly<Record<string, (socket: Socket) => void>> = {
  echo: (socket) => socket.on('data', (chunk) => socket.write(chunk)).write(SWITCHING),
  held: (socket) => held.push(socket),
  plain: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain'),
  forbidden: (socket) => socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!'),
  broken: (socket) => socket.write('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
  moved: (socket) =>
    socket.write('HTTP/1.1 302 Found\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n'),
  stranger: (socket) => socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'),
  h2c: (socket) => socket.write(SWITCHING.replace('websocket', 'h2c')),
  garbage: (socket) => socket.write('garbage\r\n\r\n'),
  gone: (socket) => socket.resetAndDestroy(),
};

const held: Socket[] = [];
let sockets: Socket[] = [];
let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({
    files: { 'config/demo/rbac/reader.yaml': READER },
    upgraded: (request: IncomingMessage, socket) => {
      sockets.push(socket);
      ACTS[/pods\/(\w+)\//.exec(request.url ?? '')?.[1] ?? '']?.(socket);
    },
  });
});

afterEach(() => {
  for (const socket of [...sockets, ...held]) socket.destroy();
  sockets = [];
  held.length = 0;
  at.upstream.take();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const KEY = WEBSOCKET[3] ?? '';

const upgradeOf = (lines: readonly string[], pod?: UpgradedPod) => upgradeRequest(at, lines, pod);

async function open(bytes: string): Promise<RawConnection> {
  const connection = await connectRaw(at.sallyport);
  connection.write(bytes);
  return connection;
}

const NOTHING = { requests: [], bytes: [] };
const SMUGGLED = `GET ${PODS}/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n`;

describe('an upgrade', { timeout: 10_000 }, () => {
  it.each([
    ['S-217 of nobody', 401, () => upgradeOf(WEBSOCKET, { person: 'nobody' })],
    ['S-217 of somebody without the right', 403, () => upgradeOf(WEBSOCKET, { person: 'bob', sub: 'log' })],
    ['S-217 to SPDY by nobody', 401, () => upgradeOf(SPDY, { person: 'nobody', method: 'POST' })],
    ...['exec', 'attach', 'portforward'].flatMap((sub) => [
      [
        `S-223 by GET for ${sub} without create`,
        403,
        () => upgradeOf(WEBSOCKET, { person: 'bob', sub }),
      ] as const,
      [
        `S-223 to SPDY by GET for ${sub} without create`,
        403,
        () => upgradeOf(SPDY, { person: 'bob', sub }),
      ] as const,
    ]),
    [
      'S-223 for proxy without the right to it',
      403,
      () => upgradeOf(WEBSOCKET, { person: 'bob', sub: 'proxy' }),
    ],
    [
      'S-218 with a length',
      400,
      () => `${upgradeOf([...SPDY, 'Content-Length: 5'], { method: 'POST' })}hello`,
    ],
    [
      'S-218 with chunks',
      400,
      () => `${upgradeOf([...SPDY, 'Transfer-Encoding: chunked'], { method: 'POST' })}0\r\n\r\n`,
    ],
    [
      'S-218 with a length, to websocket',
      400,
      () => `${upgradeOf([...WEBSOCKET, 'Content-Length: 5'])}hello`,
    ],
    ...['h2c', 'foo', 'TLS/1.2', 'websocket, h2c', 'h2c, websocket', 'SPDY/3', 'websocket/13'].map(
      (protocol) =>
        [
          `S-221 to ${protocol}`,
          400,
          () => upgradeOf(['Connection: Upgrade, close', `Upgrade: ${protocol}`]),
        ] as const,
    ),
    [
      'S-221 to h2c with its settings',
      400,
      () =>
        upgradeOf([
          'Connection: Upgrade, HTTP2-Settings, close',
          'Upgrade: h2c',
          'HTTP2-Settings: AAMAAABkAAQAAP__',
        ]),
    ],
    ['S-222 of version 8', 400, () => upgradeOf(WEBSOCKET.with(2, 'Sec-WebSocket-Version: 8'))],
    ['S-222 of two versions', 400, () => upgradeOf(WEBSOCKET.with(2, 'Sec-WebSocket-Version: 13, 8'))],
    ['S-222 without a version', 400, () => upgradeOf(WEBSOCKET.toSpliced(2, 1))],
    ['S-222 without a key', 400, () => upgradeOf(WEBSOCKET.slice(0, 3))],
    ['S-222 with a short key', 400, () => upgradeOf(WEBSOCKET.with(3, 'Sec-WebSocket-Key: abc='))],
    ['S-222 with two keys', 400, () => upgradeOf([...WEBSOCKET, KEY])],
    ['S-222 by POST', 400, () => upgradeOf(WEBSOCKET, { method: 'POST' })],
    ['S-221 of what is no stream', 400, () => upgradeOf(WEBSOCKET, { sub: 'status' })],
    ['S-208 with two tokens', 400, () => upgradeOf([...WEBSOCKET, 'Authorization: Bearer x'])],
  ] as const)('%s is refused with %i, and nothing behind it is read', async (_what, status, bytes) => {
    expect(statusesOf(await sendRaw(at.sallyport, bytes() + SMUGGLED))).toEqual([status]);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each([
    ['one token and a protocol', 'v5.channel.k8s.io, TOKEN', 101],
    ['the token first', 'TOKEN, v4.channel.k8s.io', 101],
    ['two lines', 'v5.channel.k8s.io\r\nSec-WebSocket-Protocol: TOKEN', 101],
    ['no other protocol', 'TOKEN', 401],
    ['two tokens', 'v5.channel.k8s.io, TOKEN, TOKEN', 401],
    ['padding', 'v5.channel.k8s.io, TOKEN=', 401],
    ['no base64', 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.a+b/c', 401],
    ['no UTF-8', 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io._w', 401],
    ['an empty token', 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.', 401],
    ['no token', 'v5.channel.k8s.io', 401],
  ])('S-216 with a bearer subprotocol: %s', async (_what, offered, status) => {
    const encoded = Buffer.from(at.tokens.jane).toString('base64url');
    const token = `base64url.bearer.authorization.k8s.io.${encoded}`;
    const lines = [...WEBSOCKET, `Sec-WebSocket-Protocol: ${offered.replaceAll('TOKEN', token)}`];
    const connection = await open(upgradeOf(lines, { person: 'nobody' }));
    const answer = await connection.until(/\r\n\r\n/);
    expect(statusesOf(answer)).toEqual([status]);
    connection.socket.destroy();
    const { bytes } = await at.seen();
    expect(bytes.join('') + answer).not.toContain(encoded);
    if (status === 101)
      expect(bytes.join('')).toMatch(/\r\nsec-websocket-protocol: v[45]\.channel\.k8s\.io\r\n/);
    else expect(bytes).toEqual([]);
    expect(at.sallyport.stderr()).not.toContain(encoded);
  });

  it.each([
    ['a good header, which is who asks', 'jane', 'bob', 'jane'],
    ['a bad one, which is not', 'nobody', 'jane', 'jane'],
  ] as const)('S-216 with a bearer subprotocol beside %s', async (_what, person, other, runsAs) => {
    const encoded = Buffer.from(at.tokens[other]).toString('base64url');
    const offered = `v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.${encoded}`;
    const connection = await open(
      upgradeOf([...WEBSOCKET, `Sec-WebSocket-Protocol: ${offered}`], { person }),
    );
    const answer = await connection.until(/\r\n\r\n/);
    expect(statusesOf(answer)).toEqual([101]);
    connection.socket.destroy();
    const { bytes } = await at.seen();
    expect(bytes.join('')).toContain(`\r\nimpersonate-user: ${runsAs}\r\n`);
    expect(bytes.join('') + answer + at.sallyport.stderr()).not.toContain(encoded);
  });

  it('S-216 leaves a bearer subprotocol of what is no WebSocket alone', async () => {
    const token = `base64url.bearer.authorization.k8s.io.${Buffer.from(at.tokens.jane).toString('base64url')}`;
    const lines = [...SPDY, `Sec-WebSocket-Protocol: v5.channel.k8s.io, ${token}`];
    expect(statusesOf(await sendRaw(at.sallyport, upgradeOf(lines, { person: 'nobody' })))).toEqual([401]);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it('S-205 S-207 S-229 goes up with built headers only', async () => {
    const lines = [
      'Connection: Upgrade, Impersonate-User, Authorization',
      ...WEBSOCKET.slice(1),
      'X-Remote-User: admin',
      'Cookie: a=b',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Audit-ID: fixed',
    ];
    const connection = await open(upgradeOf(lines));
    await connection.until(/ 101 /);
    const [head = ''] = (await at.seen()).bytes.join('').split('\r\n\r\n');
    expect(head.split('\r\n').slice(1).toSorted()).toEqual([
      'audit-id: fixed',
      'authorization: Bearer canary-own-token',
      'connection: Upgrade',
      `host: ${new URL(at.upstream.url).host}`,
      'impersonate-group: developers',
      'impersonate-group: system:authenticated',
      'impersonate-user: jane',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version: 13',
      'upgrade: websocket',
    ]);
  });

  it('S-218 holds back what came behind its headers until the 101', async () => {
    const connection = await open(`${upgradeOf(WEBSOCKET, { pod: 'held' })}${SMUGGLED}`);
    while (held.length === 0) await new Promise(setImmediate);
    expect((await at.seen()).bytes.join('')).not.toContain('smuggled');
    held[0]?.write(SWITCHING);
    await connection.until(/ 101 /);
    while (!at.upstream.take().bytes.join('').includes('smuggled')) await new Promise(setImmediate);
  });

  it.each([
    ['200', 'plain', 200],
    ['403', 'forbidden', 403],
    ['502', 'broken', 502],
    ['S-220 a redirect', 'moved', 302],
    ['a 401 to the gateway', 'stranger', 503],
    ['another protocol', 'h2c', 503],
    ['no HTTP', 'garbage', 503],
    ['a reset', 'gone', 503],
  ])('S-219 that is answered with %s ends both connections', async (_what, pod, status) => {
    const answer = await sendRaw(at.sallyport, upgradeOf(WEBSOCKET, { pod }) + SMUGGLED);
    expect(statusesOf(answer)).toEqual([status]);
    const { requests, bytes } = await at.seen();
    expect(requests).toHaveLength(1);
    expect(bytes.join('')).not.toContain('smuggled');
    while (sockets.some((socket) => !socket.destroyed && !socket.readableEnded))
      await new Promise(setImmediate);
  });
});

describe('an upgrade beside other requests on its connection', { timeout: 10_000 }, () => {
  const plain = (name: string) => upgradeOf([], { pod: name, sub: 'status' });

  it('S-179 behind an answered one is served', async () => {
    const connection = await open(plain('first'));
    await connection.until(/\r\n0\r\n\r\n$/);
    connection.write(upgradeOf(WEBSOCKET));
    await connection.until(/ 101 [\s\S]*\r\n\r\n/);
    connection.write('hello');
    await connection.until(/hello$/);
  });

  it('S-179 S-218 sent behind one that is not answered yet mixes nothing up', async () => {
    const answer = await sendRaw(at.sallyport, plain('first') + upgradeOf(WEBSOCKET) + SMUGGLED);
    expect([[], [200]]).toContainEqual(statusesOf(answer));
    const { requests, bytes } = await at.seen();
    expect(requests.filter(({ url }) => /exec|smuggled/.test(url))).toEqual([]);
    expect(bytes.join('')).not.toContain('smuggled');
  });

  it('S-179 is the last one: what follows is the protocol’s', async () => {
    const connection = await open(upgradeOf(WEBSOCKET));
    await connection.until(/ 101 [\s\S]*\r\n\r\n/);
    connection.write(SMUGGLED);
    await connection.until(/GET [^ ]*smuggled HTTP\/1\.1\r\nHost: localhost\r\n\r\n$/);
    expect((await at.seen()).requests.map(({ url }) => url)).toEqual([`${PODS}/echo/exec?command=sh`]);
  });
});

import { once } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { forwardUpgrade } from '../../../src/gateway/upstream/forward-upgrade.ts';
import { policyFor, sendRaw } from '../support/gateway.ts';
import { client, EXEC, gatewayTo, raw, SWITCHING, untilTrue, upstream, WEBSOCKET } from './raw-upgrade.ts';

describe('an upgrade to an API server', () => {
  it('goes up with built headers only, and both connections become one', async () => {
    const api = await upstream((socket) => {
      socket.write(`${SWITCHING}first`);
      socket.on('data', (chunk) => socket.write(`echo:${chunk}`));
    });
    const { port } = await gatewayTo(api.port);
    const at = await client(
      port,
      raw([
        ...WEBSOCKET,
        'Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io',
        'Sec-WebSocket-Extensions: permessage-deflate',
        'Authorization: Bearer callers-token',
        'X-Remote-User: admin',
        'Cookie: a=b',
        'Audit-ID: abc',
      ]),
    );
    await at.until(/first/);
    at.socket.write('hello');
    await at.until(/echo:hello/);
    expect(at.text()).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nsec-websocket-protocol: v5\.channel\.k8s\.io\r\nAudit-Id: abc\r\n\r\nfirst/,
    );
    const head = api.seen.bytes.split('\r\n\r\n')[0]?.split('\r\n') ?? [];
    expect(head[0]).toBe(`GET ${EXEC} HTTP/1.1`);
    expect(head.slice(1).sort()).toEqual([
      'audit-id: abc',
      'authorization: Bearer own-credential',
      'connection: Upgrade',
      `host: 127.0.0.1:${api.port}`,
      'impersonate-group: developers',
      'impersonate-group: system:authenticated',
      'impersonate-user: jane',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol: v5.channel.k8s.io, v4.channel.k8s.io',
      'sec-websocket-version: 13',
      'upgrade: websocket',
    ]);
  });

  it('to SPDY/3.1 goes up by POST with every version that the client speaks, one header each', async () => {
    const api = await upstream((socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n',
      );
    });
    const { port } = await gatewayTo(api.port);
    const lines = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'Content-Length: 0'];
    const versions = [
      'X-Stream-Protocol-Version: v5.channel.k8s.io',
      'X-Stream-Protocol-Version: v4.channel.k8s.io',
    ];
    const at = await client(port, raw([...lines, ...versions], EXEC, 'POST'));
    await at.until(/\r\n\r\n/);
    expect(at.text()).toContain('x-stream-protocol-version: v4.channel.k8s.io');
    expect(api.seen.bytes.match(/x-stream-protocol-version: v[45]/g)).toHaveLength(2);
  });

  it('S-216 passes no bearer subprotocol on', async () => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const { port } = await gatewayTo(api.port);
    const token = Buffer.from('canary').toString('base64url');
    const offer = `Sec-WebSocket-Protocol: v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.${token}`;
    const at = await client(port, raw([...WEBSOCKET, offer]));
    await at.until(/\r\n\r\n/);
    expect(api.seen.bytes).toContain('sec-websocket-protocol: v5.channel.k8s.io\r\n');
    expect(api.seen.bytes + at.text()).not.toContain(token);
  });

  it('S-217 is decided before anybody upstream hears of it', async () => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const unauthorized = await gatewayTo(api.port, {
      authenticate: () => ({ outcome: 'unauthorized', reason: 'expired' }),
    });
    expect(await sendRaw(unauthorized.port, raw(WEBSOCKET))).toMatch(/^HTTP\/1\.1 401 /);
    const denied = await gatewayTo(api.port, { user: { username: 'bob', groups: [] } });
    expect(await sendRaw(denied.port, raw(WEBSOCKET))).toMatch(/^HTTP\/1\.1 403 /);
    expect(api.seen.connections).toBe(0);
  });

  it.each([
    ['S-218 with a body', ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'Content-Length: 5'], 'has no body'],
    [
      'S-218 with chunks',
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'Transfer-Encoding: chunked'],
      'has no body',
    ],
    [
      'S-222 of another version',
      [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 8',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ],
      'Version',
    ],
    [
      'S-222 without a key',
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      'Key',
    ],
    [
      'S-222 with a short key',
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: abc='],
      'Key',
    ],
  ])('%s is refused here', async (_name, lines, text) => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const { port } = await gatewayTo(api.port);
    const answer = await sendRaw(port, raw(lines));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(text);
    expect(api.seen.connections).toBe(0);
  });

  it.each(['h2c', 'foo', 'h2c, websocket', 'TLS/1.2'])('S-221 to %s is refused', async (protocol) => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const { port } = await gatewayTo(api.port);
    const answer = await sendRaw(port, raw([`Connection: Upgrade, close`, `Upgrade: ${protocol}`]));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(api.seen.connections).toBe(0);
  });

  it('of what is no stream is refused', async () => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const { port } = await gatewayTo(api.port);
    const answer = await sendRaw(port, raw(WEBSOCKET, '/api/v1/namespaces/default/pods'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*without an upgrade/);
  });

  it('S-218 holds back what the client sent behind its headers until the 101', async () => {
    let answer = () => {};
    const api = await upstream((socket) => {
      answer = () => void socket.write(SWITCHING);
    });
    const { port } = await gatewayTo(api.port);
    const at = await client(port, `${raw(WEBSOCKET)}EARLY`);
    await untilTrue(() => api.seen.bytes.includes('\r\n\r\n'));
    expect(api.seen.bytes).not.toContain('EARLY');
    answer();
    await untilTrue(() => api.seen.bytes.endsWith('EARLY'));
    expect(at.text()).toContain(' 101 ');
  });

  it.each([
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain', /^HTTP\/1\.1 200 [\s\S]*plain$/],
    ['403', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno!', /^HTTP\/1\.1 403 [\s\S]*no!$/],
    [
      'S-220 a redirect',
      'HTTP/1.1 302 Found\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1\.1 302 /,
    ],
    [
      "401 of the gateway's own credentials",
      'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n',
      /^HTTP\/1\.1 503 [\s\S]*credentials/,
    ],
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      /^HTTP\/1\.1 503 /,
    ],
    ['no HTTP', 'garbage\r\n\r\n', /^HTTP\/1\.1 503 /],
  ])('S-219 answered with %s ends both connections and pipes nothing', async (_name, answer, expected) => {
    const api = await upstream((socket) => socket.write(answer));
    const { port } = await gatewayTo(api.port);
    const at = await client(port, `${raw(WEBSOCKET)}GET /api/v1/secrets HTTP/1.1\r\n\r\n`);
    await once(at.socket, 'close');
    expect(at.text()).toMatch(expected);
    await untilTrue(() => api.seen.sockets.every((socket) => socket.destroyed || socket.readableEnded));
    expect(api.seen.connections).toBe(1);
    expect(api.seen.bytes).not.toContain('secrets');
  });

  it('is given up when the API server says nothing', async () => {
    const api = await upstream(() => {});
    const [failed] = await new Promise<Error[]>((done) => {
      const socket = new PassThrough();
      void forwardUpgrade(
        {
          method: 'GET',
          path: EXEC,
          headers: ['host', 'x', 'connection', 'Upgrade', 'upgrade', 'websocket'],
          connect: async () => connect(api.port, '127.0.0.1'),
          auditId: 'a',
          answerTimeoutMs: 1,
        },
        new ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage),
        { protocol: 'websocket', socket, head: Buffer.alloc(0), switching() {} },
        { onFailure: (error) => done([error]), intercept: () => false },
      );
    });
    expect(failed?.message).toBe('the API server did not answer in time');
  });

  it('is a 503 when nobody listens', async () => {
    const { port } = await gatewayTo(1);
    expect(await sendRaw(port, raw(WEBSOCKET))).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('S-223 by GET needs create as well, in the words of a real server', async () => {
    const api = await upstream((socket) => socket.write(SWITCHING));
    const policy = policyFor('jane', 'reader');
    policy.put('test', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
      rules: [
        {
          verbs: ['get'],
          apiGroups: [''],
          resources: ['pods', 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'pods/log'],
        },
      ],
    });
    const { port } = await gatewayTo(api.port, { policy });
    for (const subresource of ['exec', 'attach', 'portforward']) {
      const path = `/api/v1/namespaces/ns1/pods/web/${subresource}`;
      for (const lines of [WEBSOCKET, ['Connection: Upgrade', 'Upgrade: SPDY/3.1'], ['Connection: close']]) {
        const answer = await sendRaw(port, raw(lines, path));
        expect(answer).toMatch(/^HTTP\/1\.1 403 /);
        expect(answer).toContain(
          '"message":"pods \\"web\\" is forbidden: ","reason":"Forbidden","details":{"name":"web","kind":"pods"}',
        );
      }
    }
    expect(api.seen.connections).toBe(0);
    const proxied = await client(port, raw(WEBSOCKET, '/api/v1/namespaces/ns1/pods/web/proxy/'));
    await proxied.until(/ 101 /);
  });
});

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCertificateAuthority, signServingCertificate } from '../../src/certificates/index.ts';
import { createHttpTarget, keepCertificate } from '../../src/gateway/index.ts';
import { createSecureHttpServer, drain, followConnections } from '../../src/http/index.ts';
import { closeServer, listenOn, pipelineOf, recordingTarget, recordingUpstream } from './support/gateway.ts';

let tls: { ca: string; cert: string; key: string };
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  const ca = await createCertificateAuthority(new Date());
  const { certificate: cert, privateKey: key } = await signServingCertificate(ca, ['localhost'], new Date());
  tls = { ca: ca.certificate, cert, key };
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(() => expect(closers).toEqual([]));

async function gateway(options: Parameters<typeof pipelineOf>[0] = {}) {
  const server = createSecureHttpServer({
    cert: tls.cert,
    key: tls.key,
    maxHeaderSize: 65_536,
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    handshakeTimeout: 10_000,
    handler: pipelineOf(options),
    mayUpgrade: () => false,
    onUpgrade: (_request, socket) => socket.destroy(),
  });
  const connections = followConnections(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const session = connect(`https://localhost:${(server.address() as AddressInfo).port}`, {
    ca: tls.ca,
    lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }] as never, 4),
  });
  session.on('error', () => {});
  closers.push(() => {
    session.destroy();
    connections.cut();
    return new Promise((done) => server.close(done));
  });
  await once(session, 'connect');
  return { session, server, connections };
}

async function answerOf(stream: ClientHttp2Stream) {
  let status = 0;
  let body = '';
  stream.on('response', (headers) => {
    status = Number(headers[':status']);
  });
  stream.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  stream.on('error', () => {});
  await new Promise((closed) => stream.once('close', closed));
  return { status, body, rstCode: stream.rstCode };
}

const get = (session: ClientHttp2Session, path: string, headers: Record<string, string> = {}) =>
  answerOf(session.request({ ':path': path, ...headers }));

const POD = '/api/v1/namespaces/default/pods/web';

function targetBy(forward: (request: IncomingMessage, response: ServerResponse) => void) {
  return {
    target: {
      forward: ({ request, response }: { request: IncomingMessage; response: ServerResponse }) =>
        forward(request, response),
      notReady: () => undefined,
      close: async () => {},
    },
  };
}

describe('the pipeline over HTTP/2', () => {
  it('forwards what is allowed, the target byte for byte', async () => {
    const { target, seen } = recordingTarget();
    const { session } = await gateway({ target });
    expect(await get(session, `${POD}?a=%41&b=+`)).toEqual({ status: 200, body: '{}\n', rstCode: 0 });
    expect(seen).toMatchObject([{ target: `${POD}?a=%41&b=+`, user: { username: 'jane' } }]);
  });

  it('answers 401 and 403 with the same bodies as over HTTP/1.1', async () => {
    const { session } = await gateway({ authenticate: () => ({ outcome: 'unauthorized', reason: 'x' }) });
    expect(await get(session, POD)).toMatchObject({
      status: 401,
      body: '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
    });
    const denied = await gateway({ user: { username: 'bob', groups: [] } });
    expect((await get(denied.session, POD)).body).toContain(
      'pods \\"web\\" is forbidden: User \\"bob\\" cannot get resource \\"pods\\"',
    );
  });

  describe('whoever does not say who they are', () => {
    const anonymous = { outcome: 'anonymous', user: { username: 'system:anonymous', groups: [] } } as const;
    const jane = {
      outcome: 'authenticated',
      user: { username: 'jane', groups: [] },
      expiresAt: Number.POSITIVE_INFINITY,
    } as const;
    const refused = { outcome: 'unauthorized', reason: 'x' } as const;
    const byToken = (rawHeaders: readonly string[]) =>
      ({ good: jane, bad: refused })[rawHeaders[rawHeaders.indexOf('authorization') + 1] ?? ''] ?? anonymous;
    const allowAll = () => ({ decision: 'allow' as const, reason: '' });

    it.each([
      ['is refused', { authorization: 'bad' }, 401],
      ['is served as anonymous', {}, 200],
    ])('loses the connection when it %s, and streams under way go on', async (_what, headers, status) => {
      let go: (() => void) | undefined;
      const { target } = targetBy((_request, response) => {
        response.write('1');
        if (response.req.url?.endsWith('watch=1') !== true) return void response.end();
        go = () => void response.end('2');
      });
      const { session } = await gateway({ target, authenticate: byToken, authorize: allowAll });
      const under = session.request({ ':path': `${POD}?watch=1`, authorization: 'good' });
      await once(under, 'response');
      const goaway = once(session, 'goaway');
      expect((await get(session, POD, headers)).status).toBe(status);
      const [code, last] = await goaway;
      // Every stream that came is answered: a client tries again only those that the server has not seen.
      expect([code, last]).toEqual([constants.NGHTTP2_NO_ERROR, 3]);
      go?.();
      const ended = once(session, 'close');
      expect((await answerOf(under)).body).toBe('12');
      await ended;
    });

    it('keeps it by saying so', async () => {
      const { target } = recordingTarget();
      const { session } = await gateway({ target, authenticate: byToken, authorize: allowAll });
      for (let asked = 0; asked < 3; asked++) {
        expect((await get(session, POD, { authorization: 'good' })).status).toBe(200);
      }
      expect(session.closed).toBe(false);
    });
  });

  it.each(['//evil/api', '/api/v1/%2e%2e/pods', '/api/v1/pods#x', 'http://evil/api/v1/pods', '*', ''])(
    'S-182 refuses the path %j',
    async (path) => {
      const { target, seen } = recordingTarget();
      const { session } = await gateway({ target });
      const { status } = await get(session, path);
      expect([400, 0]).toContain(status);
      expect(seen).toEqual([]);
    },
  );

  it('S-182 does not let CONNECT through', async () => {
    const { target, seen } = recordingTarget();
    const { session } = await gateway({ target });
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'evil:443' });
    stream.end();
    expect(await answerOf(stream)).toMatchObject({ status: 405 });
    expect(seen).toEqual([]);
  });

  it('refuses without reading a large body, and the connection goes on', async () => {
    const { session } = await gateway({ user: { username: 'bob', groups: [] } });
    const stream = session.request({ ':path': POD, ':method': 'PUT' });
    stream.write(Buffer.alloc(60_000));
    expect(await answerOf(stream)).toMatchObject({ status: 403 });
    expect(await get(session, POD)).toMatchObject({ status: 403 });
  });

  it('streams: the headers at once, every chunk as it comes, and tells the target when the client leaves', async () => {
    const left: Promise<unknown>[] = [];
    const { session } = await gateway(
      targetBy((_request, response) => {
        left.push(once(response, 'close'));
        response.writeHead(200);
        response.flushHeaders();
        response.write('one\n');
      }),
    );
    const stream = session.request({ ':path': '/api/v1/pods?watch=true' });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(200);
    expect(String((await once(stream, 'data'))[0])).toBe('one\n');
    stream.close(constants.NGHTTP2_CANCEL);
    await left[0];
  });

  it('gives an API server a body with and without a length, and none where there is none', async () => {
    const api = await recordingUpstream();
    closers.push(api.close);
    const target = createHttpTarget({ server: api.url, token: () => 'own', log: { warn() {} } });
    closers.push(() => target.close());
    const { session } = await gateway({ target });
    const send = (method: string, headers: object, body?: string) => {
      const stream = session.request({ ':path': POD, ':method': method, ...headers });
      stream.end(body);
      return answerOf(stream);
    };
    expect(await send('PUT', { 'content-length': '4' }, 'four')).toMatchObject({ status: 200, body: '{}' });
    expect(await send('PATCH', {}, 'unmeasured')).toMatchObject({ status: 200, body: '{}' });
    expect(await send('DELETE', {})).toMatchObject({ status: 200, body: '{}' });
    expect(api.requests.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', 'four'],
      ['PATCH', 'unmeasured'],
      ['DELETE', ''],
    ]);
    const names = api.requests[0]?.rawHeaders.filter((_, index) => index % 2 === 0) ?? [];
    expect(names.filter((name) => name.startsWith(':'))).toEqual([]);
  });

  it.each(['headers', 'silence'])(
    'ends the request at the API server when the client leaves after %s',
    async (after) => {
      let asked = (_answer: ServerResponse) => {};
      const arrived = new Promise<ServerResponse>((done) => {
        asked = done;
      });
      const api = createServer((_request, response) => {
        asked(response);
        if (after === 'headers') response.writeHead(200).flushHeaders();
      });
      const port = await listenOn(api);
      closers.push(() => closeServer(api));
      const target = createHttpTarget({
        server: `http://127.0.0.1:${port}`,
        token: () => 'own',
        log: { warn() {} },
      });
      closers.push(() => target.close());
      const { session } = await gateway({ target });
      const stream = session.request({ ':path': POD });
      const left = once(await arrived, 'close');
      if (after === 'headers') await once(stream, 'response');
      stream.close(constants.NGHTTP2_CANCEL);
      await left;
    },
  );

  it('lets the client see that an answer was cut off', async () => {
    const { session } = await gateway(
      targetBy((_request, response) => {
        response.writeHead(200);
        response.write('half', () => response.destroy());
      }),
    );
    const stream = session.request({ ':path': POD });
    expect((await answerOf(stream)).rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  it('answers what is under way before it stops', async () => {
    let finish = () => {};
    const { session, server, connections } = await gateway(
      targetBy((_request, response) => {
        response.writeHead(200);
        response.write('begun ');
        finish = () => void response.end('and ended');
      }),
    );
    const stream = session.request({ ':path': POD });
    await once(stream, 'response');
    const drained = drain(server, connections);
    finish();
    expect((await answerOf(stream)).body).toBe('begun and ended');
    await drained;
    closers.length = 0;
  });
});

it('serves HTTP/1.1 on the same port', async () => {
  const { server } = await gateway();
  const { request } = await import('node:https');
  const { port } = server.address() as AddressInfo;
  const asked = request({
    host: '127.0.0.1',
    port,
    path: POD,
    ca: tls.ca,
    servername: 'localhost',
    agent: false,
  });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect([answer.statusCode, answer.httpVersion]).toEqual([200, '1.1']);
  answer.resume();
});

it('S-243 does not renegotiate, neither by its first certificate nor by a renewed one', async () => {
  const { server } = await gateway();
  const { port } = server.address() as AddressInfo;
  const renegotiation = async () => {
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: tls.ca,
      maxVersion: 'TLSv1.2',
    });
    closers.push(() => socket.destroy());
    await once(socket, 'secureConnect');
    return new Promise<string>((done) => {
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
      socket.renegotiate({}, (error) => done(error === null ? 'renegotiated' : 'refused'));
    });
  };
  expect(await renegotiation()).toBe('ERR_SSL_NO_RENEGOTIATION');
  const served = { certificate: '', privateKey: '', certificateAuthority: '' };
  const renewed = { ...served, certificate: tls.cert, privateKey: tls.key };
  const info = new Promise<void>((done) => {
    const kept = keepCertificate(served, {
      server,
      load: async () => renewed,
      log: { info: () => done(), error: () => {} },
      everyMs: 1,
    });
    closers.push(() => kept.close());
  });
  await info;
  expect(await renegotiation()).toBe('ERR_SSL_NO_RENEGOTIATION');
});

import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpTarget, type GatewayLimits, type Target } from '../../../src/gateway/index.ts';
import { readBody } from '../../../src/http/index.ts';
import { recording } from '../audit/support/recording.ts';
import { closeServer, listenOn, pipelineOf, serveGateway } from '../support/gateway.ts';
import { limitsOf, until } from './support.ts';

const PODS = '/api/v1/namespaces/default/pods';
const LIMIT = 100_000;
const TOO_LARGE = `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Request entity too large: limit is ${LIMIT}","reason":"RequestEntityTooLarge","code":413}\n`;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** An API server that tells how each request's body ended. */
async function upstream() {
  const bodies: { received: number; ended: Promise<'complete' | 'cut'> }[] = [];
  const server = createServer((request, response) => {
    const ended = new Promise<'complete' | 'cut'>((done) => {
      request.on('close', () => done(request.complete ? 'complete' : 'cut'));
    });
    const body = { received: 0, ended };
    bodies.push(body);
    request.on('data', (chunk: Buffer) => {
      body.received += chunk.length;
    });
    request.on('error', () => {});
    request.on('end', () => response.end('{}'));
  });
  const port = await listenOn(server);
  closers.push(() => closeServer(server));
  const target = createHttpTarget({
    server: `http://127.0.0.1:${port}`,
    token: () => 'own',
    log: { warn() {} },
  });
  closers.push(() => target.close());
  return { bodies, target };
}

/** The embedded API's way: the whole body is read. */
const reading: Target = {
  async forward({ request, body, response }) {
    await readBody({ headers: request.headers, body }, 10 * LIMIT);
    response.end('{}');
  },
  notReady: () => undefined,
  close: async () => {},
};

/** The same handler behind Node's compatibility API. */
async function serveHttp2(target: Target, changes: Partial<GatewayLimits> = {}) {
  const { limits, counts } = limitsOf({ bodyBytes: LIMIT, ...changes });
  const handler = pipelineOf({ target, limits });
  const server = createHttp2Server((request, response) => handler(request as never, response as never));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(async () => {
    session.destroy();
    await new Promise((done) => server.close(done));
  });
  return { session, limits, counts };
}

async function serve(target: Target, audited = false) {
  const { limits, counts } = limitsOf({ bodyBytes: LIMIT });
  const gateway = await serveGateway({
    target,
    limits,
    ...(audited && { auditor: recording([{ level: 'RequestResponse' }]).auditor }),
  });
  closers.push(gateway.close);
  return { ...gateway, counts };
}

/** Sends `bytes` in chunks of 10 000, with a Content-Length or with none; all but the first when it has begun. */
async function post(port: number, path: string, bytes: number, declared: boolean, begun = () => true) {
  const headers = declared ? { 'Content-Length': bytes } : {};
  const sent = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', agent: false, headers });
  const answered = once(sent, 'response');
  for (let left = bytes; left > 0; left -= 10_000) {
    sent.write(Buffer.alloc(Math.min(left, 10_000), 'x'));
    await until(begun);
  }
  sent.end();
  const [answer] = (await answered) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += chunk;
  return { status: answer.statusCode, body, connection: answer.headers.connection };
}

describe('a body over the limit (S-232)', () => {
  it('of declared length is refused before a byte of it goes on', async () => {
    const { bodies, target } = await upstream();
    const { port, counts } = await serve(target);
    const answer = await post(port, PODS, LIMIT + 1, true);
    expect(answer).toEqual({ status: 413, body: TOO_LARGE, connection: 'close' });
    expect(bodies).toEqual([]);
    expect(counts.refusals('body')).toBe(1);
  });

  it('of unknown length is cut while it is forwarded: the API server never gets it whole', async () => {
    const { bodies, target } = await upstream();
    const { port, counts } = await serve(target);
    const answer = await post(port, PODS, 5 * LIMIT, false, () => (bodies[0]?.received ?? 0) > 0);
    expect(answer).toEqual({ status: 413, body: TOO_LARGE, connection: 'close' });
    expect(counts.refusals('body')).toBe(1);
    expect(bodies).toHaveLength(1);
    expect(await bodies[0]?.ended).toBe('cut');
    expect(bodies[0]?.received).toBeLessThanOrEqual(LIMIT);
  });

  it('of unknown length is cut when auditing looks on, too', async () => {
    const { bodies, target } = await upstream();
    const { port } = await serve(target, true);
    const answer = await post(port, PODS, 5 * LIMIT, false, () => (bodies[0]?.received ?? 0) > 0);
    expect(answer).toMatchObject({ status: 413, body: TOO_LARGE });
    expect(await bodies[0]?.ended).toBe('cut');
  });

  it('is a 413 of a target that reads it itself', async () => {
    const { port } = await serve(reading);
    expect(await post(port, PODS, 5 * LIMIT, false)).toMatchObject({ status: 413, body: TOO_LARGE });
    expect(await post(port, PODS, 5 * LIMIT, true)).toMatchObject({ status: 413, body: TOO_LARGE });
  });

  it.each([true, false])(
    'begins one byte after it: a body of exactly the limit passes (declared: %s)',
    async (declared) => {
      const { bodies, target } = await upstream();
      const { port } = await serve(target);
      expect(await post(port, PODS, LIMIT, declared)).toMatchObject({ status: 200, body: '{}' });
      expect(bodies).toMatchObject([{ received: LIMIT }]);
    },
  );

  it('may go to a pod through the API server, as with kube-apiserver', async () => {
    const { bodies, target } = await upstream();
    const { port } = await serve(target);
    const answer = await post(port, '/api/v1/namespaces/default/pods/web/proxy/upload', 5 * LIMIT, false);
    expect(answer.status).toBe(200);
    expect(bodies).toMatchObject([{ received: 5 * LIMIT }]);
  });

  it('over HTTP/2 costs the stream, not the connection', async () => {
    const { session } = await serveHttp2(reading);
    const send = async (bytes: number) => {
      const stream = session.request({ ':path': PODS, ':method': 'POST' });
      stream.end(Buffer.alloc(bytes));
      const [headers] = await once(stream, 'response');
      await once(stream.resume(), 'end');
      stream.destroy();
      return headers[':status'];
    };
    expect(await send(5 * LIMIT)).toBe(413);
    expect(await send(LIMIT)).toBe(200);
  });
});

it('a body that does not arrive in time ends its stream over HTTP/2, and gives its seat back (S-234)', async () => {
  const { session, counts, limits } = await serveHttp2(reading, { requestTimeout: 50 });
  const slow = session.request({ ':path': PODS, ':method': 'POST' });
  slow.on('error', () => {});
  slow.write('{');
  await until(() => limits.inFlight() === 1);
  await once(slow, 'close');
  expect(slow.rstCode).toBe(constants.NGHTTP2_CANCEL);
  expect(counts.refusals('slow-request')).toBe(1);
  await until(() => limits.inFlight() === 0);
});

describe('a target over the limit (S-231)', () => {
  it('is a 414 before anything looks at it; one of exactly the limit passes', async () => {
    const { limits, counts } = limitsOf({ targetBytes: 5_000 });
    const { url, close } = await serveGateway({ limits });
    closers.push(close);
    const path = (bytes: number) => `/api/v1/pods?labelSelector=${'x'.repeat(bytes - 27)}`;
    const refused = await fetch(`${url}${path(5_001)}`);
    expect(refused.status).toBe(414);
    expect(await refused.json()).toMatchObject({
      kind: 'Status',
      message: 'Request target too long: limit is 5000',
      code: 414,
    });
    expect(counts.refusals('target')).toBe(1);
    expect((await fetch(`${url}${path(5_000)}`)).status).toBe(200);
  });
});

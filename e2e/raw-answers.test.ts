import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** latin1 */
  readonly body: string;
}

const GZIP = gzipSync('{"kind":"PodList"}').toString('latin1');
const NOT_FOUND = '{"kind":"Status","apiVersion":"v1","status":"Failure","code":404}\n';
const plain = (head: string, body = '{}') =>
  `HTTP/1.1 ${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** The upstream's bytes by the pod's name. */
const ANSWERS: Readonly<Record<string, string>> = {
  hop: plain(
    '200 OK\r\nConnection: X-Secret, close\r\nX-Secret: canary\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nProxy-Connection: x\r\nTE: x\r\nTrailer: X-T\r\nUpgrade: h2c\r\nX-Kept: 1',
  ),
  cookie: plain('200 OK\r\nSet-Cookie: canary=1\r\nSet-Cookie: canary=2'),
  audit: plain('200 OK\r\nAudit-Id: canary'),
  moved: plain('302 Found\r\nLocation: http://169.254.169.254/'),
  permanent: plain('308 Permanent Redirect\r\nLocation: /api/v1/secrets'),
  missing: plain('404 Not Found\r\nContent-Type: application/json', NOT_FOUND),
  late: plain(
    '429 Too Many Requests\r\nRetry-After: 7\r\nWarning: 299 - "a"\r\nWarning: 299 - "b"',
    'slow down',
  ),
  same: 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  nothing: 'HTTP/1.1 204 No Content\r\n\r\n',
  hints: `HTTP/1.1 103 Early Hints\r\nLink: </canary>\r\n\r\n${plain('200 OK')}`,
  zipped: plain('200 OK\r\nContent-Encoding: gzip', GZIP),
  trailer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Canary: canary\r\n\r\n',
  latin: plain('200 OK\r\nX-Name: caf\xe9'),
};

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({ answered: ({ url }) => ANSWERS[url.split('/').at(-1) ?? ''] });
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

type Ask = (pod: string, method?: string) => Promise<Answer>;
const ca = () => readFileSync(join(at.sallyport.dataDir, 'ca.crt'));
const authorization = () => `Bearer ${at.tokens.jane}`;

const overHttp1: Ask = async (pod, method = 'GET') => {
  const headers = { authorization: authorization(), 'accept-encoding': 'gzip, br' };
  const asked = request(`${at.sallyport.gateway}${PODS}/${pod}`, { ca: ca(), agent: false, headers, method });
  asked.end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const chunk of answer.setEncoding('latin1')) body += chunk;
  return { status: answer.statusCode, headers: { ...answer.headers, ...answer.trailers }, body };
};

const overHttp2: Ask = async (pod, method = 'GET') => {
  const session = connect(at.sallyport.gateway, { ca: ca() });
  const headers = { ':path': `${PODS}/${pod}`, ':method': method, authorization: authorization() };
  const stream = session.request({ ...headers, 'accept-encoding': 'gzip, br' });
  let trailers = {};
  stream.on('trailers', (received: object) => {
    trailers = received;
  });
  const [received] = await once(stream, 'response');
  let body = '';
  for await (const chunk of stream.setEncoding('latin1')) body += chunk;
  session.close();
  return { status: received[':status'], headers: { ...received, ...trailers }, body };
};

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
] as const)('an answer over %s', (_protocol, ask) => {
  it.each(['hop', 'cookie', 'audit', 'hints', 'trailer'])('S-213 has nothing of its hop: %s', async (pod) => {
    const { status, headers, body } = await ask(pod);
    expect([status, body]).toEqual([200, '{}']);
    expect(JSON.stringify(headers)).not.toContain('canary');
    for (const name of ['x-secret', 'proxy-authenticate', 'te', 'trailer', 'upgrade', 'set-cookie', 'link'])
      expect(headers[name], name).toBeUndefined();
    expect(headers['x-kept']).toBe(pod === 'hop' ? '1' : undefined);
    expect(headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['moved', 302, 'http://169.254.169.254/'],
    ['permanent', 308, '/api/v1/secrets'],
  ])('S-220 that redirects is passed on and not followed: %s', async (pod, status, location) => {
    expect(await ask(pod)).toMatchObject({ status, headers: { location }, body: '{}' });
    expect((await at.seen()).requests.map(({ url }) => url)).toEqual([`${PODS}/${pod}`]);
  });

  it.each<readonly [pod: string, status: number, body: string, headers: object]>([
    [
      'missing',
      404,
      NOT_FOUND,
      { 'content-type': 'application/json', 'content-length': String(NOT_FOUND.length) },
    ],
    ['late', 429, 'slow down', { 'retry-after': '7', warning: '299 - "a", 299 - "b"' }],
    ['same', 304, '', { etag: '"x"' }],
    ['nothing', 204, '', {}],
    ['zipped', 200, GZIP, { 'content-encoding': 'gzip', 'content-length': String(GZIP.length) }],
    ['latin', 200, '{}', { 'x-name': 'caf\xe9' }],
  ])('S-252 S-253 arrives byte for byte: %s', async (pod, status, body, headers) => {
    const answer = await ask(pod);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers).toMatchObject(headers);
    expect((await at.seen()).bytes.join('')).toContain('\r\naccept-encoding: gzip, br\r\n');
  });

  it('S-252 to HEAD says the length and has no body', async () => {
    const { status, headers, body } = await ask('missing', 'HEAD');
    expect([status, headers['content-length'], body]).toEqual([404, String(NOT_FOUND.length), '']);
  });
});

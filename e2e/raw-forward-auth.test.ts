import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMBIGUOUS_TARGETS } from './support/ambiguous-targets.ts';
import { type RawService, startRawService } from './support/raw-service.ts';
import { statusesOf } from './support/raw-tls.ts';

let at: RawService;

beforeAll(async () => {
  at = await startRawService();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

type Proxy = 'nginx' | 'traefik' | 'envoy';
type Transport = 'http' | 'https';

interface Question {
  readonly target?: string;
  readonly method?: string;
  readonly person?: string;
  readonly lines?: readonly string[];
}

/** How each proxy asks about a request, byte for byte. */
const ASKS: Readonly<Record<Proxy, (question: Required<Omit<Question, 'person'>>) => string[]>> = {
  nginx: ({ method, target, lines }) => [
    'GET /nginx HTTP/1.0',
    `X-Original-Method: ${method}`,
    `X-Original-URI: ${target}`,
    ...lines,
  ],
  traefik: ({ method, target, lines }) => [
    'GET /traefik HTTP/1.1',
    `X-Forwarded-Method: ${method}`,
    `X-Forwarded-Uri: ${target}`,
    ...lines,
  ],
  envoy: ({ method, target, lines }) => [`${method} /envoy${target} HTTP/1.1`, ...lines],
};
const PROXIES = Object.keys(ASKS) as Proxy[];

async function askOver(
  over: Transport,
  proxy: Proxy,
  { target = '/page', method = 'GET', person = 'jane', lines = [] }: Question = {},
): Promise<{ status: number | undefined; text: string }> {
  const [line, ...rest] = ASKS[proxy]({ target, method, lines });
  const token = at.tokens[person as 'jane'];
  const own = token === undefined ? [] : [`Authorization: Bearer ${token}`];
  const all = [line, 'Host: app.example', 'Connection: close', ...own, ...rest];
  const text = await at.askAdvice(`${all.join('\r\n')}\r\n\r\n`, over);
  return { status: statusesOf(text)[0], text };
}

const identityOf = (text: string) =>
  [...text.matchAll(/^x-auth-request-(?:user|groups):.*$/gim)].map(([line]) => line.toLowerCase().trim());

const JANE = ['x-auth-request-user: jane', 'x-auth-request-groups: developers,system:authenticated'];

const TRANSPORTS: readonly Transport[] = ['http', 'https'];

describe.each(TRANSPORTS.flatMap((over) => PROXIES.map((proxy) => [proxy, over] as const)))(
  'what %s asks over %s',
  (proxy, over) => {
    const ask = (by: Proxy, question?: Question) => askOver(over, by, question);

    it('is allowed with who it is, or refused', async () => {
      const allowed = await ask(proxy);
      expect([allowed.status, identityOf(allowed.text)]).toEqual([200, JANE]);
      for (const [person, expected] of [
        ['bob', 403],
        ['nobody', 401],
      ] as const) {
        const refused = await ask(proxy, { person });
        expect([refused.status, identityOf(refused.text)]).toEqual([expected, []]);
      }
    });

    // Every refusal that is not for want of a token is a 403, or the parser's own 400: both deny.
    it.each(AMBIGUOUS_TARGETS.filter(([, target]) => proxy !== 'envoy' || target.startsWith('/')))(
      '%s is refused for the target %j, on an open path too',
      async (_id, target) => {
        const denied = await ask(proxy, { target });
        expect([400, 403]).toContain(denied.status);
        expect(identityOf(denied.text)).toEqual([]);
        const open = target.startsWith('/healthz')
          ? target
          : `/healthz${target.startsWith('/') ? target : `/${target}`}`;
        const opened = await ask(proxy, { target: open, person: 'nobody' });
        expect([400, 401, 403]).toContain(opened.status);
      },
    );

    it.each([
      ['S-207', ['X-Auth-Request-User: root', 'X-Auth-Request-Groups: system:masters']],
      ['S-207', ['X-Remote-User: root', 'X-Forwarded-User: root', 'Remote-User: root']],
      ['S-204', ['Impersonate-User: admin', 'Impersonate-Group: system:masters']],
      ['S-206', ['X_Auth_Request_User: root', 'X.Remote.User: root']],
      ['S-205', ['Connection: Authorization, X-Original-URI, X-Forwarded-Uri']],
    ] as const)('%s is about nobody else by %j', async (_id, lines) => {
      expect(identityOf((await ask(proxy, { lines })).text)).toEqual(JANE);
      expect((await ask(proxy, { lines, person: 'bob' })).status).toBe(403);
      expect((await ask(proxy, { lines, person: 'nobody' })).status).toBe(401);
    });

    it('S-198 is the request that this proxy names, whatever the others’ headers say', async () => {
      const others = {
        nginx: ['X-Forwarded-Uri: /healthz', 'X-Forwarded-Method: GET', 'X-Original-URL: /healthz'],
        traefik: ['X-Original-URI: /healthz', 'X-Original-Method: GET', 'X-Original-URL: /healthz'],
        envoy: ['X-Original-URI: /healthz', 'X-Forwarded-Uri: /healthz', 'X-Envoy-Original-Path: /healthz'],
      }[proxy];
      const override = ['X-HTTP-Method-Override: GET', 'X-Rewrite-URL: /healthz'];
      expect((await ask(proxy, { person: 'nobody', lines: [...others, ...override] })).status).toBe(401);
      expect((await ask(proxy, { person: 'bob', lines: [...others, ...override] })).status).toBe(403);
    });

    it.each(['', 'get', 'G ET', 'GET, POST', 'TRACE', 'X'.repeat(21), 'PROPFIND'])(
      'S-187 is refused for the method %j',
      async (method) => {
        expect([400, 403]).toContain((await ask(proxy, { method })).status);
      },
    );

    it('S-208 is refused with two Authorization headers', async () => {
      for (const value of ['Bearer x', `Bearer ${at.tokens.jane}`]) {
        expect((await ask(proxy, { lines: [`Authorization: ${value}`] })).status).toBe(403);
      }
    });

    it.each([
      ['S-166', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
      ['S-167', ['Transfer-Encoding: xchunked']],
      ['S-170', ['Content-Length: 1', 'Content-Length: 2']],
      ['S-172', ['X-A: 1\nX-B: 2']],
      ['S-181', Array.from({ length: 2_100 }, (_, index) => `X-${index}: 1`)],
      ['S-231', Array.from({ length: 80 }, (_, index) => `X-${index}: ${'y'.repeat(1_000)}`)],
    ] as const)('%s is no question when it can be read in two ways, or never ends', async (_id, lines) => {
      const { status, text } = await ask(proxy, { lines });
      expect([undefined, 400, 403, 413, 431]).toContain(status);
      expect(identityOf(text)).toEqual([]);
    });
  },
);

describe.each(TRANSPORTS)('the endpoints that proxies ask, over %s', (over) => {
  const ask = (proxy: Proxy, question?: Question) => askOver(over, proxy, question);

  it.each(['nginx', 'traefik'] as const)('S-202 what %s says twice is refused', async (proxy) => {
    const [, method, uri] = ASKS[proxy]({ method: 'GET', target: '/healthz', lines: [] });
    for (const lines of [[uri ?? ''], [method ?? ''], [(uri ?? '').toLowerCase()]]) {
      expect((await ask(proxy, { lines, target: '/page' })).status).toBe(403);
      expect((await ask(proxy, { lines, target: '/page', person: 'nobody' })).status).toBe(403);
    }
  });

  it.each(['/nginx/', '/nginx/page', '/NGINX', '/envoy', '/envoyx', '/nowhere', '//nginx', '/%6eginx', '/'])(
    'S-203 there is no endpoint %s',
    async (endpoint) => {
      const lines = ['Host: x', 'Connection: close', 'X-Original-Method: GET', 'X-Original-URI: /healthz'];
      const text = await at.askAdvice(`GET ${endpoint} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, over);
      expect(statusesOf(text)).toEqual([404]);
      expect(identityOf(text)).toEqual([]);
    },
  );

  it('S-221 an upgrade is answered like any other question, and what follows is none of a tunnel', async () => {
    const lines = ['Host: x', 'Connection: Upgrade, close', 'Upgrade: websocket'];
    const own = ['X-Original-Method: GET', 'X-Original-URI: /page', `Authorization: Bearer ${at.tokens.bob}`];
    const text = await at.askAdvice(
      `GET /nginx HTTP/1.1\r\n${[...lines, ...own].join('\r\n')}\r\n\r\nhello`,
      over,
    );
    expect(statusesOf(text)).toEqual([403]);
  });

  it('S-234 who is slow to ask is cut off', async () => {
    expect(statusesOf(await at.askAdvice('GET /nginx HTTP/1.1\r\nHost: x\r\nX-Slow:', over))).toEqual([408]);
  });
});

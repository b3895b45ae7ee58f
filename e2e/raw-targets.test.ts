import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AMBIGUOUS_TARGETS } from './support/ambiguous-targets.ts';
import { type Field, headers as headersFrame } from './support/http2-frames.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectHttp2, protocols } from './support/raw-request.ts';
import { connectRaw, sendRaw, statusesOf } from './support/raw-tls.ts';

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway({
    // A second cluster with a name of its own, in front of the same upstream.
    edit: (config) => {
      const target = /^ {2}target: (.*)$/m.exec(config)?.[1];
      return config.replace(
        /^ {2}target: .*$/m,
        `$&\n  clusters:\n    - name: other\n      serverName: other.localhost\n      rbac: { manifests: [demo/rbac] }\n      target: ${target}`,
      );
    },
  });
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const bearer = (person: keyof RawGateway['tokens']): Field => [
  'authorization',
  `Bearer ${at.tokens[person]}`,
];

type Short = readonly [what: string, target: string, headers?: readonly Field[], method?: string];
const whole = ([what, target, headers = [], method = 'GET']: Short) =>
  [what, target, headers, method] as const;

/** What an exact list of open paths must not be taken for. */
const KNOWN_NOBODY: readonly Short[] = [
  ['a query', '/healthz?x=/api/v1/secrets'],
  ['a query of a probe', `/api/v1/secrets?/healthz`],
  ['a longer path', '/healthz/x'],
  ['a trailing slash', '/healthz/'],
  ['another case', '/Healthz'],
  ['an encoded letter', '/%68ealthz'],
  ['another method', '/healthz', [], 'POST'],
  ['a kubelet’s user agent', PODS, [['user-agent', 'kube-probe/1.35']]],
  [
    'a forwarded target',
    PODS,
    [
      ['x-forwarded-uri', '/healthz'],
      ['x-original-url', '/healthz'],
    ],
  ],
  ['a method override', PODS, [['x-http-method-override', 'GET']], 'DELETE'],
  ['/metrics', '/metrics'],
];

describe.each(protocols)('over %s', (protocol, send) => {
  // Of an administrator, so that nothing but the target can be what is refused.
  it.each(AMBIGUOUS_TARGETS)('%s refuses the target %j', async (_id, target) => {
    const { status } = await send(at.sallyport, { target, headers: [bearer('admin')] });
    // node:http2's own parser refuses some of these, with a reset.
    expect(protocol === 'HTTP/2' ? [400, undefined] : [400]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each([
    ['S-195', `${PODS}/a%252e%252e`],
    ['S-195', `${PODS}/%25%32%65`],
    ['S-195', `${PODS}?fieldSelector=metadata.name%3D%252e`],
    ['S-188', `${PODS}/%77eb?x=%41&y=+&z=;`],
    ['S-188', `${PODS}?labelSelector=a%2Cb&x=/../y\\`],
  ])('%s forwards %j byte for byte', async (_id, target) => {
    const { status } = await send(at.sallyport, { target, headers: [bearer('jane')] });
    expect(status).toBe(200);
    const { requests, bytes } = await at.seen();
    expect(requests.map(({ url }) => url)).toEqual([target]);
    expect(bytes.join('')).toMatch(/^GET /);
    expect(bytes.join('').split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`);
  });

  // CVE-2026-39825: what comes behind the last one that a parser reads would be decided on by nobody.
  it('S-188 refuses more parameters than some parsers read', async () => {
    const target = `${PODS}?${'a&'.repeat(1_000)}watch=1`;
    expect((await send(at.sallyport, { target, headers: [bearer('admin')] })).status).toBe(400);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(KNOWN_NOBODY.map(whole))(
    'S-198 S-199 lets nobody in unknown for %s',
    async (_what, target, headers, method) => {
      const { status } = await send(at.sallyport, { target, headers, method });
      expect(status).toBe(401);
      expect(await at.seen()).toEqual({ requests: [], bytes: [] });
    },
  );

  it.each<readonly [what: string, headers: readonly Field[], http1: number, http2: number | undefined]>([
    // Over HTTP/1.1 the Host is the authority; which name it has decides nothing unless it is a cluster's.
    ['another name in Host', [['host', 'evil.example']], 200, 400],
    [
      'two Hosts',
      [
        ['host', 'localhost'],
        ['host', 'localhost'],
      ],
      400,
      undefined,
    ],
    ['an empty Host', [['host', '']], 400, undefined],
    // nghttp2 takes a field out whose value can't be one, and what is left is the :authority.
    ['a Host of user information', [['host', 'user@localhost']], 400, 200],
    ['two names in Host', [['host', 'localhost, evil']], 400, 200],
    ['a path in Host', [['host', 'localhost/evil']], 400, 200],
    [
      'a forwarded Host',
      [
        ['x-forwarded-host', 'evil'],
        ['forwarded', 'host=evil'],
      ],
      200,
      200,
    ],
  ])('S-202 and %s', async (_what, fields, http1, http2) => {
    const { status } = await send(at.sallyport, { target: PODS, headers: [...fields, bearer('jane')] });
    expect(status).toBe(protocol === 'HTTP/2' ? http2 : http1);
    const { requests, bytes } = await at.seen();
    expect(requests).toHaveLength(status === 200 ? 1 : 0);
    expect(bytes.join('')).not.toContain('evil');
  });

  it('S-203 cuts a cluster’s prefix off by bytes', async () => {
    const target = '/clusters/other/api/v1/namespaces/dev/pods/%77eb?x=%2F..';
    expect((await send(at.sallyport, { target, headers: [bearer('jane')] })).status).toBe(200);
    expect((await at.seen()).requests.map(({ url }) => url)).toEqual([
      '/api/v1/namespaces/dev/pods/%77eb?x=%2F..',
    ]);
  });

  it.each([
    '/clusters/nowhere/api',
    '/clusters/OTHER/api',
    '/clusters/__proto__/api',
    '/clusters/%6fther/api',
  ])('S-203 knows no cluster at %s', async (target) => {
    expect((await send(at.sallyport, { target, headers: [bearer('admin')] })).status).toBe(404);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each([
    '/api/v1/namespaces/dev/nodes',
    '/apis/rbac.authorization.k8s.io/v1/namespaces/dev/clusterroles',
    '/apis/other.example/v1/namespaces/dev/pods',
    '/api/v1/watch/pods',
    '/api/v1/pods?watch=1&watch=0',
  ])('S-201 is judged as what would be served: %s', async (target) => {
    expect((await send(at.sallyport, { target, headers: [bearer('jane')] })).status).toBe(403);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });
});

describe('S-202 a connection for one cluster’s name', () => {
  const OTHER = 'other.localhost';
  const lines = (host: string, target: string, version = 'HTTP/1.1') =>
    `GET ${target} ${version}\r\nHost: ${host}\r\nAuthorization: Bearer ${at.tokens.jane}\r\nConnection: close\r\n\r\n`;

  it.each([
    ['serves it', OTHER, OTHER, PODS, 200],
    ['does not serve another by its Host', 'localhost', OTHER, PODS, 400],
    ['does not serve another by its path', OTHER, OTHER, '/clusters/main/api', 404],
    ['takes its own path', OTHER, OTHER, `/clusters/other${PODS}`, 200],
  ])('%s', async (_what, servername, host, target, expected) => {
    const connection = await connectRaw(at.sallyport, { servername });
    connection.write(lines(host, target));
    expect(statusesOf(await connection.ended())).toEqual([expected]);
    const second = await connectHttp2(at.sallyport, { servername });
    const pseudo: Field[] = [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', host],
      [':path', target],
    ];
    second.write(headersFrame(1, [...pseudo, bearer('jane')]));
    expect((await second.answer(1)).status).toBe(expected);
    second.socket.destroy();
    expect((await at.seen()).requests).toHaveLength(expected === 200 ? 2 : 0);
  });

  it('S-172 survives a line of HTTP/1 that says HTTP/2.0', async () => {
    for (const target of [PODS, '/clusters/other/api', '/healthz']) {
      expect([400, 200]).toContain(
        statusesOf(await sendRaw(at.sallyport, lines(OTHER, target, 'HTTP/2.0')))[0],
      );
    }
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });
});

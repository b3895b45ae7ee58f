import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Field } from './support/http2-frames.ts';
import { overHttp1, protocols } from './support/raw-request.ts';
import { type RawService, startRawService } from './support/raw-service.ts';
import type { Seen } from './support/recording-upstream.ts';

const NOTHING: Seen = { requests: [], bytes: [] };

let at: RawService;

beforeAll(async () => {
  at = await startRawService();
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const bearer = (person: keyof RawService['tokens'] = 'jane'): Field => [
  'authorization',
  `Bearer ${at.tokens[person]}`,
];

/** All headers of the only request that the service got, but for what differs from one to another. */
function arrived({ requests }: Seen): string[] {
  expect(requests).toHaveLength(1);
  const raw = requests[0]?.rawHeaders ?? [];
  const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
  return lines.filter((line) => !/^(?:host|connection|audit-id): /.test(line)).toSorted();
}

/** What the service is told of every request of jane's. */
const JANE = [
  'x-forwarded-for: 127.0.0.1',
  'x-forwarded-host: localhost',
  'x-forwarded-proto: https',
  'x-remote-groups: developers|system:authenticated',
  'x-remote-user: jane',
];

/** Lines that a service would believe, and that only the gateway may say. */
const SPOOFED: readonly (readonly [id: string, fields: readonly Field[]])[] = [
  ['S-204', [['Impersonate-User', 'admin']]],
  [
    'S-204',
    [
      ['IMPERSONATE-GROUP', 'system:masters'],
      ['Impersonate-Extra-A', 'b'],
      ['Impersonate-Uid', 'u'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Remote-User', 'root'],
      ['x-remote-user', 'admin'],
      ['X-Remote-Groups', 'system:masters'],
      ['X-Remote-Group', 'g'],
      ['X-Remote-Extra-A', 'b'],
      ['Remote-User', 'root'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Forwarded-For', '10.0.0.1'],
      ['X-Forwarded-Host', 'evil'],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Port', '1'],
      ['X-Forwarded-Prefix', '/evil'],
      ['X-Forwarded-User', 'root'],
      ['X-Forwarded-Groups', 'g'],
      ['X-Forwarded-Email', 'a@b'],
      ['X-Forwarded-Preferred-Username', 'root'],
      ['X-Forwarded-Access-Token', 'x'],
      ['X-Forwarded-Client-Cert', 'Subject="CN=root"'],
      ['Forwarded', 'for=10.0.0.1;host=evil'],
      ['X-Real-IP', '10.0.0.1'],
      ['True-Client-IP', '10.0.0.1'],
      ['Via', '1.1 evil'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Auth-Request-User', 'root'],
      ['X-Auth-Request-Groups', 'g'],
      ['X-WebAuth-User', 'root'],
      ['X-SSL-Client-CN', 'root'],
      ['SSL-Client-Verify', 'SUCCESS'],
      ['X-Client-Cert', 'x'],
    ],
  ],
  [
    'S-206',
    [
      ['X_Remote_User', 'root'],
      ['x.remote.user', 'root'],
      ['X_Forwarded_For', '10.0.0.1'],
      ['Impersonate_User', 'root'],
      ['Remote_User', 'root'],
      ['X-Remote_Groups', 'g'],
    ],
  ],
  [
    'S-198',
    [
      ['X-Original-URI', '/healthz'],
      ['X-Original-URL', '/healthz'],
      ['X-Rewrite-URL', '/healthz'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['X-Method-Override', 'DELETE'],
    ],
  ],
  [
    'S-214',
    [
      ['Audit-ID', 'spoofed id'],
      ['Proxy-Authorization', 'Basic x'],
      ['Proxy', 'http://evil'],
    ],
  ],
];

describe.each(protocols)('a request to a service over %s', (_protocol, send) => {
  it.each(SPOOFED)('%s tells it nothing by %j', async (_id, fields) => {
    const { status } = await send(at.whole, { target: '/page', headers: [bearer(), ...fields] });
    expect(status).toBe(200);
    const seen = await at.seen();
    expect(arrived(seen)).toEqual(JANE);
    expect(seen.bytes.join('')).toMatch(/\r\naudit-id: [0-9a-f-]{36}\r\n/);
  });

  it.each(SPOOFED)('%s says nothing of anybody on an open path by %j', async (_id, fields) => {
    const { status } = await send(at.whole, { target: '/healthz', headers: [bearer(), ...fields] });
    expect(status).toBe(200);
    expect(arrived(await at.seen())).toEqual(JANE.filter((line) => !line.startsWith('x-remote')));
  });

  it('keeps what is the application’s own', async () => {
    const own: Field[] = [
      ['cookie', 'a=1'],
      ['x-csrf-token', 't'],
      ['accept-encoding', 'br'],
      ['__proto__', 'x'],
    ];
    expect((await send(at.whole, { target: '/page', headers: [bearer(), ...own] })).status).toBe(200);
    const expected = [...JANE, ...own.map((field) => field.join(': '))];
    expect(arrived(await at.seen())).toEqual(expected.toSorted());
  });

  it.each([
    ['twice the same', () => [bearer(), bearer()]],
    ['somebody else’s', () => [bearer('bob'), bearer()]],
    ['an empty one first', () => [['authorization', ''] as const, bearer()]],
  ])('S-208 is refused with two Authorization headers: %s', async (_what, fields) => {
    expect((await send(at.whole, { target: '/page', headers: fields() })).status).toBe(400);
    expect(await at.seen()).toEqual(NOTHING);
  });
});

describe.each(protocols)('a question by what the request says, over %s', (_protocol, send) => {
  it.each<readonly [query: string, expected: number]>([
    ['namespace=dev', 200],
    ['namespace=dev&namespace=dev', 200],
    ['x=1&namespace=dev', 200],
    ['namespace=prod', 403],
    ['namespace=dev&namespace=prod', 403],
    ['namespace=prod&namespace=dev', 403],
    ['namespace=dev&x=1&namespace=prod', 403],
    ['', 400],
    ['x=1', 400],
    ['namespace', 400],
    ['namespace=', 400],
    ['namespace=dev&namespace=', 400],
    ['namespace=dev;namespace=prod', 400],
    ['namespace=dev&x=1;namespace=prod', 400],
    ['namespace=dev&Namespace=prod', 400],
    ['namespace=dev&NAMESPACE=prod', 400],
    ['namespace=dev&%6eamespace=prod', 400],
    ['namespace=dev&namespace%00=prod', 400],
    ['namespace=dev&namespace[]=prod', 400],
    ['namespace=dev&namespace%5B0%5D=prod', 400],
    ['namespace=dev&namespace.x=prod', 400],
    ['namespace=dev&+namespace=prod', 400],
    ['namespace=dev%', 400],
    ['namespace=%zz', 400],
    ['namespace=dev%2525', 400],
    ['namespace=%ff', 400],
    ['namespace=dev%0d%0ax', 400],
    ['namespace=dev%00', 400],
    ['namespace=dev%20', 400],
    [`namespace=dev${'&namespace=dev'.repeat(100)}`, 400],
  ])('is decided for every value of ?%s: %i', async (query, expected) => {
    const target = `/page?${query}`;
    const { status } = await send(at.byQuery, { target, headers: [bearer()] });
    expect(status).toBe(expected);
    expect((await at.seen()).requests.map(({ url }) => url)).toEqual(expected === 200 ? [target] : []);
  });

  it.each<readonly [fields: readonly Field[], expected: number]>([
    [[['X-Namespace', 'dev']], 200],
    [[['X-Namespace', 'prod']], 403],
    [
      [
        ['X-Namespace', 'dev'],
        ['x-namespace', 'prod'],
      ],
      403,
    ],
    [
      [
        ['X-Namespace', 'dev'],
        ['X_Namespace', 'prod'],
      ],
      200,
    ],
    [[['X_Namespace', 'dev']], 400],
    [[['X-Namespace', '']], 400],
    [[['X-Namespace', 'dev, prod']], 403],
    [[['X-Namespace', 'dev%20']], 400],
    [[['X-Namespace', 'd\xe9v']], 400],
    [[], 400],
  ])('is decided for every line of %j: %i', async (fields, expected) => {
    const { status } = await send(at.byHeader, { target: '/page', headers: [bearer(), ...fields] });
    expect(status).toBe(expected);
    const { requests } = await at.seen();
    expect(requests).toHaveLength(expected === 200 ? 1 : 0);
    for (const { rawHeaders } of requests) {
      expect(rawHeaders.filter((_, index) => /^x.namespace$/.test(rawHeaders[index - 1] ?? ''))).toEqual([
        'dev',
      ]);
    }
  });
});

it('S-205 Connection takes away nothing that the gateway says, nor what is decided on', async () => {
  const naming: Field[] = [['Connection', 'X-Remote-User, X-Remote-Groups, X-Forwarded-For, Audit-Id, Host']];
  const target = '/page';
  expect((await overHttp1(at.whole, { target, headers: [bearer(), ...naming] })).status).toBe(200);
  expect(arrived(await at.seen())).toEqual(JANE);
  const decided: Field[] = [
    ['Connection', 'X-Namespace'],
    ['X-Namespace', 'dev'],
  ];
  expect((await overHttp1(at.byHeader, { target, headers: [bearer(), ...decided] })).status).toBe(400);
  expect(await at.seen()).toEqual(NOTHING);
});

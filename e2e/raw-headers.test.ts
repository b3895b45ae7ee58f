import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Field } from './support/http2-frames.ts';
import { OWN_TOKEN, PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { overHttp1, protocols } from './support/raw-request.ts';
import type { Seen } from './support/recording-upstream.ts';

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const bearer = (person: keyof RawGateway['tokens']): Field => [
  'Authorization',
  `Bearer ${at.tokens[person]}`,
];

/** All headers of the only request that went up, but for what the connection there needs. */
function arrived({ requests }: Seen): string[] {
  expect(requests).toHaveLength(1);
  const raw = requests[0]?.rawHeaders ?? [];
  const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []));
  return lines.filter((line) => !/^(?:host|connection|audit-id): /.test(line));
}

const JANE = [
  'impersonate-user: jane',
  'impersonate-group: developers',
  'impersonate-group: system:authenticated',
  `authorization: Bearer ${OWN_TOKEN}`,
];

/** What a client of ours must not be able to say; with each of them a request goes up as if it had not been there. */
const IGNORED: readonly (readonly [id: string, fields: readonly Field[]])[] = [
  ['S-204', [['Impersonate-User', '']]],
  // The first one counts, as with kube-apiserver.
  [
    'S-204',
    [
      ['impersonate-user', ''],
      ['Impersonate-User', 'admin'],
    ],
  ],
  ['S-204', [['Impersonate-Userinfo', 'admin']]],
  ['S-204', [['Impersonate-', 'admin']]],
  ['S-204', [['X-Impersonate-User', 'admin']]],
  ['S-206', [['X.Remote.User', 'admin']]],
  [
    'S-206',
    [
      ['X_Remote_User', 'admin'],
      ['X_Forwarded_For', '1.2.3.4'],
    ],
  ],
  [
    'S-206',
    [
      ['Authorization_', 'Bearer x'],
      ['Content_Length', '3'],
      ['Transfer_Encoding', 'chunked'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Remote-User', 'admin'],
      ['X-Remote-Group', 'system:masters'],
      ['X-Remote-Extra-A', 'b'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Forwarded-Client-Cert', 'Subject="CN=admin"'],
      ['X-SSL-Client-CN', 'admin'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Auth-Request-User', 'admin'],
      ['X-Auth-Request-Groups', 'system:masters'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Forwarded-User', 'admin'],
      ['X-Forwarded-Groups', 'g'],
      ['X-Forwarded-Email', 'a@b'],
    ],
  ],
  [
    'S-207',
    [
      ['X-Forwarded-For', '127.0.0.1'],
      ['Forwarded', 'for=127.0.0.1'],
      ['X-Real-IP', '127.0.0.1'],
      ['Via', '1.1 x'],
    ],
  ],
  [
    'S-209',
    [
      ['Cookie', 'session=canary'],
      ['Proxy-Authorization', 'Basic canary'],
    ],
  ],
  [
    'S-212',
    [
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['hasOwnProperty', 'z'],
      ['toString', 'a'],
    ],
  ],
  [
    'S-214',
    [
      ['X-Request-Id', 'spoofed'],
      ['traceparent', 'spoofed\t"x'],
      ['tracestate', 'a=b'],
    ],
  ],
];

/** Refused before anything goes up. */
const REFUSED: readonly (readonly [id: string, fields: readonly Field[]])[] = [
  ['S-204', [['Impersonate-User', 'admin']]],
  ['S-204', [['IMPERSONATE-USER', 'admin']]],
  [
    'S-204',
    [
      ['impersonate-user', 'admin'],
      ['Impersonate-User', 'jane'],
    ],
  ],
  [
    'S-204',
    [
      ['Impersonate-User', 'jane'],
      ['Impersonate-Group', 'system:masters'],
    ],
  ],
  ['S-204', [['Impersonate-Group', 'system:masters']]],
  ['S-204', [['Impersonate-Uid', '1']]],
  ['S-204', [['Impersonate-Extra-Scopes', 'all']]],
  ['S-204', [['Impersonate-Extra-a%2fb', 'all']]],
  ['S-204', [['Impersonate-User', 'system:serviceaccount:kube-system:default']]],
  ['S-204', [['Impersonate-User', 'system:anonymous']]],
  ['S-206', [['Impersonate_User', 'admin']]],
  ['S-206', [['Impersonate_Group', 'system:masters']]],
  ['S-206', [['Impersonate-Extra_Scopes', 'all']]],
];

describe.each(protocols)('over %s', (_protocol, send) => {
  it.each(IGNORED)('%s leaves %j behind', async (_id, fields) => {
    const answer = await send(at.sallyport, { target: PODS, headers: [bearer('jane'), ...fields] });
    expect(answer.status).toBe(200);
    const seen = await at.seen();
    expect(arrived(seen)).toEqual(JANE);
    expect(seen.bytes.join('')).not.toContain(at.tokens.jane);
  });

  it.each(REFUSED)('%s refuses %j', async (_id, fields) => {
    const { status } = await send(at.sallyport, { target: PODS, headers: [bearer('jane'), ...fields] });
    expect([400, 403]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each<readonly [fields: readonly Field[], expected: readonly string[]]>([
    [[['Impersonate-User', 'jane']], ['impersonate-user: jane', 'impersonate-group: system:authenticated']],
    [
      [
        ['impersonate-user', 'jane'],
        ['IMPERSONATE-GROUP', 'a,b'],
        ['Impersonate-Group', 'c'],
        ['Impersonate-Uid', 'u'],
      ],
      [
        'impersonate-user: jane',
        'impersonate-uid: u',
        'impersonate-group: a,b',
        'impersonate-group: c',
        'impersonate-group: system:authenticated',
      ],
    ],
    [
      [
        ['Impersonate-User', 'jane'],
        ['Impersonate-Extra-A%2fB', 'x'],
      ],
      ['impersonate-user: jane', 'impersonate-group: system:authenticated', 'impersonate-extra-a%2Fb: x'],
    ],
  ])('S-204 whoever may, is whom %j says and nobody besides', async (fields, expected) => {
    const { status } = await send(at.sallyport, { target: '/api', headers: [bearer('admin'), ...fields] });
    expect(status).toBe(200);
    expect(arrived(await at.seen())).toEqual([...expected, `authorization: Bearer ${OWN_TOKEN}`]);
  });

  it.each<readonly [what: string, fields: () => readonly Field[]]>([
    ['the same twice', () => [bearer('jane'), bearer('jane')]],
    ['another in other case', () => [bearer('jane'), ['authorization', `Bearer ${at.tokens.admin}`]]],
    ['an empty one first', () => [['Authorization', ''], bearer('jane')]],
    ['a Basic one first', () => [['Authorization', 'Basic eDp5'], bearer('jane')]],
  ])('S-208 refuses two Authorization headers: %s', async (_what, fields) => {
    expect((await send(at.sallyport, { target: PODS, headers: fields() })).status).toBe(400);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each<readonly [form: string, expected: number]>([
    ['bearer TOKEN', 200],
    ['BEARER TOKEN', 200],
    ['Bearer  TOKEN', 401],
    ['Bearer\tTOKEN', 401],
    ['Bearer TOKEN, Bearer TOKEN', 401],
    ['Bearer TOKEN,TOKEN', 401],
    ['Bearer "TOKEN"', 401],
    ['Bearer', 401],
    ['Bearer TOKEN.', 401],
    ['Basic TOKEN', 401],
    ['Negotiate TOKEN', 401],
    ['TOKEN', 401],
    ['Bearer: TOKEN', 401],
    ['DPoP TOKEN', 401],
  ])('S-215 reads %j as %i', async (form, expected) => {
    const value = form.replaceAll('TOKEN', at.tokens.jane);
    const { status } = await send(at.sallyport, { target: PODS, headers: [['Authorization', value]] });
    expect(status).toBe(expected);
    expect((await at.seen()).requests).toHaveLength(expected === 200 ? 1 : 0);
  });

  it.each(['access_token', 'token', 'bearer_token', 'authorization'])(
    'S-215 reads no token in ?%s',
    async (name) => {
      const { status } = await send(at.sallyport, { target: `${PODS}?${name}=${at.tokens.jane}` });
      expect(status).toBe(401);
      expect(await at.seen()).toEqual({ requests: [], bytes: [] });
    },
  );

  it.each([
    ['jösé', 'impersonate-user: j\xc3\xb6s\xc3\xa9'],
    ['a/b', 'impersonate-user: a/b'],
    ['50%41', 'impersonate-user: 50%41'],
    ['a, b', 'impersonate-user: a, b'],
    ['__proto__', 'impersonate-user: __proto__'],
    ['日本', 'impersonate-user: \xe6\x97\xa5\xe6\x9c\xac'],
  ])('S-210 says the name %j as it is', async (name, expected) => {
    const token = await at.issuer.token(name, [`g, ${name}`]);
    const { status } = await send(at.sallyport, {
      target: '/api',
      headers: [['Authorization', `Bearer ${token}`]],
    });
    expect(status).toBe(200);
    const [user, group] = arrived(await at.seen());
    expect([user, group]).toEqual([
      expected,
      expected.replace('impersonate-user: ', 'impersonate-group: g, '),
    ]);
  });

  // The API server of these tests takes a thousand lines; a real one has no such limit.
  it('S-210 says each of nine hundred groups by itself, in their order', async () => {
    const groups = Array.from({ length: 900 }, (_, index) => `g-${index}`);
    const token = await at.issuer.token('jane', groups);
    const headers: Field[] = [['Authorization', `Bearer ${token}`]];
    expect((await send(at.sallyport, { target: '/api', headers })).status).toBe(200);
    const told = arrived(await at.seen()).filter((line) => line.startsWith('impersonate-group: '));
    expect(told).toEqual([...groups, 'system:authenticated'].map((group) => `impersonate-group: ${group}`));
  });

  it.each([
    '',
    ' jane',
    'jane ',
    'a\r\nImpersonate-Group: system:masters',
    'a\0b',
    'a\u007f',
    'system:admin',
    'system:masters',
  ])('S-210 S-211 lets nobody in who is called %j', async (name) => {
    const token = await at.issuer.token(name);
    const { status } = await send(at.sallyport, {
      target: '/api',
      headers: [['Authorization', `Bearer ${token}`]],
    });
    expect([401, 403]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(['a"b', 'x'.repeat(65), 'a b', 'a/b', 'é'])('S-214 replaces the Audit-ID %j', async (id) => {
    const answer = await send(at.sallyport, { target: PODS, headers: [bearer('jane'), ['Audit-ID', id]] });
    expect(answer.status).toBe(200);
    expect((await at.seen()).bytes.join('')).toMatch(/\r\naudit-id: [0-9a-f-]{36}\r\n/);
  });
});

describe('S-205 a Connection header', () => {
  it.each([
    'Impersonate-User',
    'impersonate-user, authorization',
    'Authorization',
    ' , Impersonate-User',
    'IMPERSONATE-USER,IMPERSONATE-GROUP',
    'close, Impersonate-User, Host, Audit-ID',
    'keep-alive, Content-Length',
    'Impersonate-User\t,Authorization',
    'upgrade',
    'TE, Trailer',
    ',,,',
    'x'.repeat(2_000),
  ])('that names %j takes nothing away upstream and is not passed on', async (value) => {
    const headers: Field[] = [['Connection', ''], bearer('jane'), ['Connection', value]];
    const { status } = await overHttp1(at.sallyport, { target: PODS, headers, method: 'POST', body: 'abc' });
    expect(status).toBe(200);
    const seen = await at.seen();
    expect(arrived(seen)).toEqual([...JANE, 'content-length: 3']);
    expect(seen.requests[0]?.body).toBe('abc');
    expect(seen.bytes.join('')).toMatch(/\r\nconnection: keep-alive\r\n/);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AMBIGUOUS_TARGETS } from './support/ambiguous-targets.ts';
import { type Field, flag, frame, frameType, headerBlock, headers } from './support/http2-frames.ts';
import { DROPPED_FIELDS, pseudo, REFUSED_FIELDS, REFUSED_PSEUDO } from './support/malformed-http2.ts';
import { connectHttp2, overHttp2, type RawRequest, sendFields } from './support/raw-request.ts';
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
type Transport = 'HTTP/1.1' | 'HTTP/1.1 and TLS' | 'HTTP/2';

interface Question {
  readonly target?: string;
  readonly method?: string;
  readonly person?: string;
  readonly fields?: readonly Field[];
}

/** How each proxy asks about a request. */
const ASKS: Readonly<Record<Proxy, (question: { method: string; target: string }) => RawRequest>> = {
  nginx: ({ method, target }) => ({
    target: '/nginx',
    headers: [
      ['X-Original-Method', method],
      ['X-Original-URI', target],
    ],
  }),
  traefik: ({ method, target }) => ({
    target: '/traefik',
    headers: [
      ['X-Forwarded-Method', method],
      ['X-Forwarded-Uri', target],
    ],
  }),
  envoy: ({ method, target }) => ({ method, target: `/envoy${target}` }),
};
const PROXIES = Object.keys(ASKS) as Proxy[];
const TRANSPORTS: readonly Transport[] = ['HTTP/1.1', 'HTTP/1.1 and TLS', 'HTTP/2'];

interface Advice {
  readonly status: number | undefined;
  readonly head: string;
}

const tokenOf = (person: string): readonly Field[] => {
  const token = at.tokens[person as 'jane'];
  return token === undefined ? [] : [['Authorization', `Bearer ${token}`]];
};

async function askOver(
  over: Transport,
  proxy: Proxy,
  { target = '/page', method = 'GET', person = 'jane', fields = [] }: Question = {},
): Promise<Advice> {
  const request = ASKS[proxy]({ target, method });
  const all = [...tokenOf(person), ...(request.headers ?? []), ...fields];
  if (over === 'HTTP/2') return overHttp2(at.advice, { ...request, headers: all });
  const version = proxy === 'nginx' ? 'HTTP/1.0' : 'HTTP/1.1';
  const lines = [
    `${request.method ?? 'GET'} ${request.target} ${version}`,
    'Host: app.example',
    'Connection: close',
    ...all.map((field) => field.join(': ')),
  ];
  const text = await at.askAdvice(
    `${lines.join('\r\n')}\r\n\r\n`,
    over === 'HTTP/1.1 and TLS' ? 'https' : 'http',
  );
  return { status: statusesOf(text)[0], head: text };
}

const identityOf = ({ head }: Advice) =>
  [...head.matchAll(/^x-auth-request-(?:user|groups):.*$/gim)].map(([line]) => line.toLowerCase().trim());

const JANE = ['x-auth-request-user: jane', 'x-auth-request-groups: developers,system:authenticated'];

describe.each(TRANSPORTS.flatMap((over) => PROXIES.map((proxy) => [proxy, over] as const)))(
  'what %s asks over %s',
  (proxy, over) => {
    const ask = (question?: Question) => askOver(over, proxy, question);
    /** A parser that finds no request in the bytes answers with 400, or over HTTP/2 with none: both deny. */
    const denials = over === 'HTTP/2' ? [undefined, 400, 403] : [400, 403];

    it('is allowed with who it is, or refused', async () => {
      const allowed = await ask();
      expect([allowed.status, identityOf(allowed)]).toEqual([200, JANE]);
      for (const [person, expected] of [
        ['bob', 403],
        ['nobody', 401],
      ] as const) {
        const refused = await ask({ person });
        expect([refused.status, identityOf(refused)]).toEqual([expected, []]);
      }
    });

    // TLS changes nothing of how HTTP/1.1 is read: one of each kind is enough there.
    const isFirst = ([id]: readonly [string, string], index: number) =>
      AMBIGUOUS_TARGETS[index - 1]?.[0] !== id;
    const targets = AMBIGUOUS_TARGETS.filter(
      (row, index) => over !== 'HTTP/1.1 and TLS' || isFirst(row, index),
    );

    // Every refusal that is not for want of a token is a 403, or the parser's own.
    it.each(targets.filter(([, target]) => proxy !== 'envoy' || target.startsWith('/')))(
      '%s is refused for the target %j, on an open path too',
      async (_id, target) => {
        const denied = await ask({ target });
        expect(denials).toContain(denied.status);
        expect(identityOf(denied)).toEqual([]);
        const open = target.startsWith('/healthz')
          ? target
          : `/healthz${target.startsWith('/') ? target : `/${target}`}`;
        const opened = await ask({ target: open, person: 'nobody' });
        expect([...denials, 401]).toContain(opened.status);
      },
    );

    it.each<readonly [id: string, fields: readonly Field[]]>([
      [
        'S-207',
        [
          ['X-Auth-Request-User', 'root'],
          ['X-Auth-Request-Groups', 'system:masters'],
        ],
      ],
      [
        'S-207',
        [
          ['X-Remote-User', 'root'],
          ['X-Forwarded-User', 'root'],
          ['Remote-User', 'root'],
        ],
      ],
      [
        'S-204',
        [
          ['Impersonate-User', 'admin'],
          ['Impersonate-Group', 'system:masters'],
        ],
      ],
      [
        'S-206',
        [
          ['X_Auth_Request_User', 'root'],
          ['X.Remote.User', 'root'],
        ],
      ],
    ])('%s is about nobody else by %j', async (_id, fields) => {
      expect(identityOf(await ask({ fields }))).toEqual(JANE);
      expect((await ask({ fields, person: 'bob' })).status).toBe(403);
      expect((await ask({ fields, person: 'nobody' })).status).toBe(401);
    });

    it('S-205 is about nobody else by what Connection names', async () => {
      const fields: Field[] = [['Connection', 'Authorization, X-Original-URI, X-Forwarded-Uri']];
      // RFC 9113 §8.2.2: there is no such field over HTTP/2.
      const [named, bob, nobody] = over === 'HTTP/2' ? [denials, denials, denials] : [[200], [403], [401]];
      const allowed = await ask({ fields });
      expect(named).toContain(allowed.status);
      expect(identityOf(allowed)).toEqual(allowed.status === 200 ? JANE : []);
      expect(bob).toContain((await ask({ fields, person: 'bob' })).status);
      expect(nobody).toContain((await ask({ fields, person: 'nobody' })).status);
    });

    it('S-198 is the request that this proxy names, whatever the others’ headers say', async () => {
      const others = {
        nginx: ['X-Forwarded-Uri', 'X-Original-URL'],
        traefik: ['X-Original-URI', 'X-Original-URL'],
        envoy: ['X-Original-URI', 'X-Forwarded-Uri', 'X-Envoy-Original-Path'],
      }[proxy];
      const fields: Field[] = [
        ...[...others, 'X-Rewrite-URL'].map((name): Field => [name, '/healthz']),
        [proxy === 'traefik' ? 'X-Original-Method' : 'X-Forwarded-Method', 'GET'],
        ['X-HTTP-Method-Override', 'GET'],
      ];
      expect((await ask({ person: 'nobody', fields })).status).toBe(401);
      expect((await ask({ person: 'bob', fields })).status).toBe(403);
    });

    it.each(['', 'get', 'G ET', 'GET, POST', 'TRACE', 'X'.repeat(21), 'PROPFIND'])(
      'S-187 is refused for the method %j',
      async (method) => {
        const denied = await ask({ method });
        expect(denials).toContain(denied.status);
        expect(identityOf(denied)).toEqual([]);
      },
    );

    it('S-208 is refused with two Authorization headers', async () => {
      for (const value of ['Bearer x', `Bearer ${at.tokens.jane}`]) {
        expect((await ask({ fields: [['Authorization', value]] })).status).toBe(403);
      }
    });

    it.each<readonly [id: string, fields: readonly Field[]]>([
      [
        'S-166',
        [
          ['Content-Length', '5'],
          ['Transfer-Encoding', 'chunked'],
        ],
      ],
      ['S-167', [['Transfer-Encoding', 'xchunked']]],
      [
        'S-170',
        [
          ['Content-Length', '1'],
          ['Content-Length', '2'],
        ],
      ],
      ['S-181', Array.from({ length: 2_100 }, (_, index): Field => [`X-${index}`, '1'])],
      ['S-231', Array.from({ length: 80 }, (_, index): Field => [`X-${index}`, 'y'.repeat(1_000)])],
    ])('%s is no question when it can be read in two ways, or never ends', async (_id, fields) => {
      const denied = await ask({ fields });
      expect([undefined, 400, 403, 413, 431]).toContain(denied.status);
      expect(identityOf(denied)).toEqual([]);
    });

    it('S-172 is no question, or none of it, with a line break in a header', async () => {
      for (const name of ['X-A', 'Authorization', 'X-Original-URI', 'X-Forwarded-Uri']) {
        const fields: Field[] = [[name, '/healthz\nX-B: 2']];
        // What can't be a field is left out over HTTP/2, and the question is what it would be without.
        const denied = await ask({ fields, person: 'bob' });
        expect(denials).toContain(denied.status);
        expect(identityOf(denied)).toEqual([]);
      }
    });
  },
);

describe.each(PROXIES)('what %s asks in frames of its own making', (proxy) => {
  /** What it asks for bob, who is to be refused whatever else the frames say. */
  const asked = (person: string) => {
    const { method, target, headers: own = [] } = ASKS[proxy]({ method: 'GET', target: '/page' });
    const lower = [...tokenOf(person), ...own].map(([name, value]): Field => [name.toLowerCase(), value]);
    return { before: pseudo(method, target), target, lower };
  };

  it.each(REFUSED_FIELDS)('S-182 is no question with %s', async (_what, fields) => {
    const { before, lower } = asked('jane');
    const denied = await sendFields(at.advice, [...before, ...lower, ...fields]);
    expect([undefined, 400, 403]).toContain(denied.status);
    expect(identityOf(denied)).toEqual([]);
  });

  // What a proxy asks with is its own affair; what it asks about is what counts, and for Envoy that is one thing.
  const isMethod = (what: string) => /method|S-187/.test(what) && proxy !== 'envoy';

  it.each(REFUSED_PSEUDO.filter(([what]) => !isMethod(what)))(
    'S-182 is no question with %s',
    async (_what, fields) => {
      const { target, lower } = asked('jane');
      const denied = await sendFields(at.advice, [...fields(target), ...lower]);
      expect([undefined, 400, 403, 404, 405]).toContain(denied.status);
      expect(identityOf(denied)).toEqual([]);
    },
  );

  it.each(DROPPED_FIELDS)('S-182 is about nobody else with %s', async (_what, field) => {
    for (const [person, expected] of [
      ['bob', 403],
      ['nobody', 401],
    ] as const) {
      const { before, lower } = asked(person);
      const denied = await sendFields(at.advice, [...before, ...lower, field]);
      expect([undefined, 400, expected]).toContain(denied.status);
      expect(identityOf(denied)).toEqual([]);
    }
  });

  it('S-179 is answered alone beside what else is asked on the connection', async () => {
    const people = ['jane', 'bob', 'nobody', 'jane', 'bob', 'jane'];
    const connection = await connectHttp2(at.advice);
    people.forEach((person, index) => {
      const { before, lower } = asked(person);
      connection.write(headers(2 * index + 1, [...before, ...lower]));
    });
    for (const [index, person] of people.entries()) {
      const answer = await connection.answer(2 * index + 1);
      expect([answer.status, identityOf(answer)]).toEqual(
        { jane: [200, JANE], bob: [403, []], nobody: [401, []] }[person],
      );
    }
    connection.socket.destroy();
  });

  it('S-176 S-178 needs no body, and has nothing of a trailer', async () => {
    for (const [person, expected] of [
      ['jane', 200],
      ['bob', 403],
    ] as const) {
      const connection = await connectHttp2(at.advice);
      const { before, lower } = asked(person);
      connection.write(headers(1, [...before, ...lower, ['content-length', '100000000']], 0));
      connection.write(frame(frameType.data, 0, 1, 'x'.repeat(1_000)));
      const answer = await connection.answer(1);
      expect([answer.status, identityOf(answer)]).toEqual([expected, expected === 200 ? JANE : []]);
      connection.write(headers(1, [['authorization', `Bearer ${at.tokens.jane}`]], flag.endStream));
      await connection.ping();
      connection.socket.destroy();
    }
  });
});

describe.each(TRANSPORTS)('the endpoints that proxies ask, over %s', (over) => {
  const ask = (proxy: Proxy, question?: Question) => askOver(over, proxy, question);

  it.each(['nginx', 'traefik'] as const)('S-202 what %s says twice is refused', async (proxy) => {
    const { headers: [method, uri] = [] } = ASKS[proxy]({ method: 'GET', target: '/healthz' });
    if (method === undefined || uri === undefined) throw new Error(`${proxy} says neither`);
    for (const again of [uri, method, [uri[0].toLowerCase(), uri[1]] as const]) {
      expect((await ask(proxy, { fields: [again], target: '/page' })).status).toBe(403);
      expect((await ask(proxy, { fields: [again], target: '/page', person: 'nobody' })).status).toBe(403);
    }
  });

  it.each(['/nginx/', '/nginx/page', '/NGINX', '/envoy', '/envoyx', '/nowhere', '//nginx', '/%6eginx', '/'])(
    'S-203 there is no endpoint %s',
    async (endpoint) => {
      const fields: Field[] = [
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', '/healthz'],
      ];
      const answer = await askEndpoint(endpoint, fields);
      expect(answer.status).toBe(404);
      expect(identityOf(answer)).toEqual([]);
    },
  );

  async function askEndpoint(target: string, fields: readonly Field[]): Promise<Advice> {
    if (over === 'HTTP/2') return overHttp2(at.advice, { target, headers: fields });
    const lines = ['Host: x', 'Connection: close', ...fields.map((field) => field.join(': '))];
    const text = await at.askAdvice(
      `GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`,
      over === 'HTTP/1.1' ? 'http' : 'https',
    );
    return { status: statusesOf(text)[0], head: text };
  }
});

describe.each(['http', 'https'] as const)('the endpoints that proxies ask over HTTP/1.1 and %s', (over) => {
  it('S-221 an upgrade is answered like any other question, and what follows is none of a tunnel', async () => {
    const lines = ['Host: x', 'Connection: Upgrade, close', 'Upgrade: websocket'];
    const own = ['X-Original-Method: GET', 'X-Original-URI: /page', `Authorization: Bearer ${at.tokens.bob}`];
    const text = await at.askAdvice(
      `GET /nginx HTTP/1.1\r\n${[...lines, ...own].join('\r\n')}\r\n\r\nhello`,
      over,
    );
    expect(statusesOf(text)).toEqual([403]);
  });

  // The timeout is the test: it is configured, and far below the default.
  it('S-234 who is slow to ask is cut off', { timeout: 30_000 }, async () => {
    expect(statusesOf(await at.askAdvice('GET /nginx HTTP/1.1\r\nHost: x\r\nX-Slow:', over))).toEqual([408]);
  });
});

it('S-234 who is slow to ask over HTTP/2 is cut off, too', { timeout: 30_000 }, async () => {
  const connection = await connectHttp2(at.advice);
  connection.write(frame(frameType.headers, flag.endStream, 1, headerBlock(pseudo('GET', '/nginx'))));
  expect((await connection.answer(1)).status).toBeUndefined();
  await connection.ended();
});

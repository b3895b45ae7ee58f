import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import {
  createTokenReviewer,
  type TokenOutcome,
  type TokenReviewerDeps,
} from '../../../../src/gateway/authenticate/index.ts';
import { createApiTransport, fixedCredentials } from '../../../../src/kubeconfig/index.ts';
import { createECKey, signToken } from '../sign-token.ts';

type Handler = (token: string, response: ServerResponse, request: IncomingMessage) => void;

interface Asked {
  readonly token: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

const answer = (response: ServerResponse, status: object, code = 201) =>
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ status }));

/** Knows tokens that begin with `good`. */
const api: Handler = (token, response) =>
  answer(response, token.startsWith('good') ? { authenticated: true, user: { username: token } } : {});

/** A stub of an API server's TokenReview, and a reviewer that asks it. */
async function setUp(handler: Handler = api, options: Partial<TokenReviewerDeps> = {}) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const body = JSON.parse(text) as { spec: { token: string } };
      asked.push({ token: body.spec.token, body, authorization: request.headers.authorization });
      handler(body.spec.token, response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createApiTransport({
    endpoint: { server: `http://127.0.0.1:${port}`, tls: { rejectUnauthorized: true } },
    credentials: fixedCredentials({ token: 'own' }),
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await client.close();
  });
  const clock = { now: 1_000_000 };
  const warnings: unknown[] = [];
  const reviewer = createTokenReviewer({
    client,
    now: () => clock.now,
    log: { warn: (fields) => warnings.push(fields) },
    ...options,
  });
  const name = async (token: string) => nameOf(await reviewer.authenticate(token));
  return { asked, clock, warnings, reviewer, name, server };
}

function nameOf(outcome: TokenOutcome): string {
  return outcome.outcome === 'authenticated' ? outcome.user.username : outcome.outcome;
}

it('asks as the gateway’s own account, and for the audiences that are wanted', async () => {
  const plain = await setUp();
  expect(await plain.name('good')).toBe('good');
  expect(plain.asked).toEqual([
    {
      token: 'good',
      authorization: 'Bearer own',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'good' } },
    },
  ]);
  const wanting = await setUp(api, { audiences: ['gateway'] });
  expect(await wanting.name('good')).toBe('refused');
  expect(wanting.asked[0]?.body).toMatchObject({ spec: { audiences: ['gateway'] } });
});

it('S-270 remembers what was answered for ten seconds, refusals too', async () => {
  const { name, asked, clock, reviewer } = await setUp();
  for (const token of ['good', 'bad']) {
    const first = await name(token);
    // At once, without a promise.
    expect(nameOf(reviewer.authenticate(token) as TokenOutcome)).toBe(first);
  }
  clock.now += 9_999;
  expect([await name('good'), await name('bad')]).toEqual(['good', 'refused']);
  expect(asked).toHaveLength(2);
  clock.now += 1;
  expect([await name('good'), await name('bad')]).toEqual(['good', 'refused']);
  expect(asked).toHaveLength(4);
});

it('forgets a token when it expires, and asks about none that has', async () => {
  const key = createECKey('k');
  const { name, asked, clock } = await setUp((_, response) =>
    answer(response, { authenticated: true, user: { username: 'robot' } }),
  );
  const token = signToken(key, { iss: 'cluster', exp: 1_003 });
  expect(await name(token)).toBe('robot');
  clock.now = 1_002_999;
  expect(await name(token)).toBe('robot');
  clock.now = 1_003_000;
  expect(await name(token)).toBe('refused');
  expect(asked).toHaveLength(1);
});

it('asks about no token that could be a configured issuer’s', async () => {
  const { name, asked } = await setUp();
  expect(await name('good.e30=.x')).toBe('refused');
  expect(asked).toEqual([]);
});

it('asks once about the same token at a time', async () => {
  const { name, asked } = await setUp();
  const names = await Promise.all(Array.from({ length: 50 }, () => name('good')));
  expect(new Set(names)).toEqual(new Set(['good']));
  expect(asked).toHaveLength(1);
});

// Advisory class 34: a flood of invalid tokens does not become one at the API server, and good tokens are still known.
it('asks few questions at once and lets few wait, however many come', async () => {
  let running = 0;
  let most = 0;
  const release: (() => void)[] = [];
  const { name, asked, reviewer } = await setUp(
    (token, response) => {
      running += 1;
      most = Math.max(most, running);
      const done = () => {
        running -= 1;
        api(token, response, undefined as never);
      };
      if (token === 'good-early') done();
      else release.push(done);
    },
    { running: 3, waiting: 5 },
  );
  expect(await name('good-early')).toBe('good-early');
  const flood = Array.from({ length: 1000 }, (_, index) => name(`bad-${index}`));
  expect(nameOf(reviewer.authenticate('good-early') as TokenOutcome)).toBe('good-early');
  const settled = Promise.all(flood);
  for (let served = 0; served < 8; served += 1) {
    await expect.poll(() => release.length).toBeGreaterThan(0);
    release.shift()?.();
  }
  expect(new Set(await settled)).toEqual(new Set(['refused']));
  expect(asked).toHaveLength(1 + 8);
  expect(most).toBe(3);
  // What was refused unasked is asked about when it comes again.
  const late = name('bad-999');
  await expect.poll(() => release.length).toBe(1);
  release.shift()?.();
  expect(await late).toBe('refused');
  expect(asked).toHaveLength(10);
});

it('refusals do not drive out the tokens that are known', async () => {
  const { name, asked } = await setUp();
  expect(await name('good')).toBe('good');
  for (let batch = 0; batch < 101; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => name(`bad-${batch}-${index}`)));
  }
  const before = asked.length;
  expect(before).toBe(10_101);
  expect(await name('good')).toBe('good');
  expect(asked).toHaveLength(before);
});

// An API server that is down, slow or talks nonsense lets nobody in, and the next request asks anew.
it.each<[string, Handler, string]>([
  [
    'may not be asked',
    (_, response) => answer(response, {}, 403),
    "the gateway's account may not create tokenreviews: bind it to the ClusterRole system:auth-delegator",
  ],
  [
    'does not know the gateway',
    (_, response) => answer(response, {}, 401),
    "the API server does not take the gateway's credentials",
  ],
  [
    'fails',
    (_, response) => answer(response, { authenticated: true, user: { username: 'x' } }, 500),
    'the API server answered 500',
  ],
  [
    'redirects',
    (_, response) => response.writeHead(307, { location: '/' }).end(),
    'the API server answered 307',
  ],
  ['does not answer', () => undefined, 'no answer within 200 ms'],
  [
    'does not come to an end',
    (_, response) => response.writeHead(201).write('{"status":'),
    'no answer within 200 ms',
  ],
])('S-270 an API server that %s is a refusal that is not remembered', async (_, handler, reason) => {
  let broken = true;
  const { name, warnings } = await setUp((token, ...rest) => (broken ? handler : api)(token, ...rest), {
    timeoutMs: 200,
  });
  expect(await name('good')).toBe('refused');
  expect(await name('good')).toBe('refused');
  // Said once.
  expect(warnings).toEqual([{ reason }]);
  broken = false;
  expect(await name('good')).toBe('good');
});

it('an answer without end is not read to its end', async () => {
  const { name } = await setUp((_, response) => {
    response.writeHead(201).on('error', () => undefined);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(1 << 16)));
    };
    response.on('drain', more);
    more();
  });
  expect(await name('good')).toBe('refused');
});

it('asks a second time when the connection was being closed, and not a third', async () => {
  let breaking = 1;
  const { name, asked } = await setUp((token, response, request) => {
    breaking -= 1;
    if (breaking >= 0) request.socket.destroy();
    else api(token, response, request);
  });
  expect(await name('good')).toBe('good');
  expect(asked).toHaveLength(2);
  breaking = 5;
  expect(await name('good-too')).toBe('refused');
  expect(asked).toHaveLength(4);
});

it('has no token in what it says', async () => {
  const { name, warnings, server, reviewer } = await setUp((token, response) =>
    answer(response, { error: token }),
  );
  expect(JSON.stringify(await reviewer.authenticate('sesame-open'))).not.toContain('sesame');
  server.closeAllConnections();
  server.close();
  expect(await name('sesame-close')).toBe('refused');
  expect(warnings).toHaveLength(1);
  expect(JSON.stringify(warnings)).not.toContain('sesame');
});

import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  anonymousUser,
  createAnonymousPolicy,
  createAuthenticator,
  createTokenAuthenticator,
  type RequestOfConnection,
  readBearerToken,
  type TokenOutcome,
} from '../../../src/gateway/authenticate/index.ts';
import { cpuMilliseconds } from '../../support/cpu-milliseconds.ts';
import { readRows, replayConfiguration } from './recorded.ts';

interface Row {
  id: string;
  config: string;
  kind?: string;
  description: string;
  clientCertificate?: string | null;
  request: string;
  status: number;
  userInfo?: { username: string; groups: string[] };
}

const extraSpace =
  'the provided Authorization header contains extra space before the bearer token, and is ignored';

/** Recorded requests that say nothing about the Authorization header or the anonymous user. */
const notReplayed: readonly (readonly [RegExp, string])[] = [
  [/Impersonate|impersonates/, 'impersonation is decided after authentication'],
  [/NUL in|DEL in|bare CR|space before the header colon|folded header line/, 'decided by the HTTP parser'],
];
const rows = readRows<Row>('bearer.jsonl').filter(
  (row) => row.kind === undefined && !notReplayed.some(([pattern]) => pattern.test(row.description)),
);
const none: TokenOutcome = { outcome: 'notMine' };
/** What the recorded clients' certificates are worth. Verifying them is another test's matter. */
const outcomes: Readonly<Record<string, TokenOutcome>> = {
  carol: {
    outcome: 'authenticated',
    user: { username: 'carol', groups: ['team-c', 'system:authenticated'] },
    expiresAt: Number.POSITIVE_INFINITY,
  },
  stranger: { outcome: 'refused', reason: 'of another authority' },
};
const certificates = new Map<RequestOfConnection, TokenOutcome>();
const authenticators = new Map(
  ['anon-on', 'anon-off', 'anon-paths'].map((name) => {
    const { configuration, issuers } = replayConfiguration(name);
    const now = (): number => Date.parse('2026-11-24T02:00:00Z');
    return [
      name,
      createAuthenticator({
        configuration,
        tokenAuthenticator: createTokenAuthenticator({ issuers, now }),
        authenticateCertificate: (request) => certificates.get(request) ?? none,
      }),
    ];
  }),
);

describe('authentication of requests, as recorded from kube-apiserver', () => {
  it.each(rows.map((row) => [row.id, row.config, row.description, row] as const))(
    '%s %s: %s',
    async (...[, config, , row]) => {
      const { rawHeaders, path } = readRequest(row.request);
      const request = { socket: new Socket() };
      certificates.set(request, outcomes[row.clientCertificate ?? ''] ?? none);
      const outcome = await authenticators.get(config)?.(rawHeaders, path, request);
      expect(outcome?.outcome).toBe(expectedOutcome(row));
      // The credential id is the certificate's, which is not recorded.
      const { username, groups } = row.userInfo ?? {};
      if (row.userInfo !== undefined) expect(outcome).toMatchObject({ user: { username, groups } });
      const spaced = /(two|three) spaces between/.test(row.description);
      expect(outcome?.warning).toBe(spaced ? extraSpace : undefined);
    },
  );
});

function expectedOutcome(row: Row): string {
  if (row.status === 401) return 'unauthorized';
  // 403 is what an anonymous SelfSubjectReview gets; public paths answer 200 to anybody.
  const named = /good token|^websocket: GET \/api$/.test(row.description);
  return row.userInfo !== undefined || named ? 'authenticated' : 'anonymous';
}

function readRequest(request: string): { rawHeaders: string[]; path: string } {
  const [requestLine = '', ...lines] = request.slice(0, request.indexOf('\r\n\r\n')).split('\r\n');
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  const target = requestLine.split(' ')[1] ?? '';
  return { rawHeaders, path: decodeURIComponent(target.replace(/\?.*$/, '')) };
}

describe('readBearerToken', () => {
  const none = { kind: 'none' };
  const ignored = { kind: 'ignored', warning: extraSpace };
  const token = { kind: 'token', token: 'abc' };
  it.each([
    ['Bearer abc', token],
    ['bEaReR abc', token],
    ['\t Bearer abc \t', token],
    ['Bearer abc junk', token],
    ['Bearer  abc', ignored],
    ['Bearer   abc', ignored],
    ['Bearer', none],
    ['Bearer ', none],
    ['Bearer\tabc', none],
    ['Basic abc', none],
    ['', none],
    ['Bearer \u00a0', { kind: 'token', token: '\u00a0' }],
  ])('reads %j', (value, expected) => {
    expect(readBearerToken(['Host', 'x', 'aUTHORIZATION', value])).toEqual(expected);
  });

  it('reads the first Authorization header only', () => {
    expect(readBearerToken(['Authorization', 'Basic x', 'Authorization', 'Bearer abc'])).toEqual(none);
    expect(readBearerToken(['Proxy-Authorization', 'Bearer abc', 'X', 'Authorization'])).toEqual(none);
  });

  it('S-239: reads as many spaces as a header holds at once', async () => {
    const value = `Bearer abc${' '.repeat(64 * 1024)}def`;
    const took = await cpuMilliseconds(() =>
      expect(readBearerToken(['Authorization', value])).toEqual({ kind: 'token', token: 'abc' }),
    );
    // About a millisecond; a pattern that looked for the end of the text took five seconds.
    expect(took).toBeLessThan(1000);
  });
});

describe('createAnonymousPolicy', () => {
  const conditions = [{ path: '/healthz' }, { path: '/version' }];
  it.each([
    [{ enabled: false, conditions: [] }, '/healthz', false],
    [{ enabled: true, conditions: [] }, '/api', true],
    [{ enabled: true, conditions }, '/healthz', true],
    [{ enabled: true, conditions }, '/healthz/', false],
    [{ enabled: true, conditions }, '/HEALTHZ', false],
    [{ enabled: true, conditions }, '/x/../healthz', false],
  ])('%j lets %s in: %s', (configuration, path, allowed) => {
    expect(createAnonymousPolicy(configuration)(path)).toBe(allowed);
  });

  it('has one anonymous user that nobody can change', () => {
    expect(anonymousUser).toEqual({ username: 'system:anonymous', groups: ['system:unauthenticated'] });
    expect(Object.isFrozen(anonymousUser.groups)).toBe(true);
  });
});

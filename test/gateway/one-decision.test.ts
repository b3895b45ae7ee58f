import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Target } from '../../src/gateway/index.ts';
import type { UserInfo } from '../../src/kube/index.ts';
import { jane, policyFor, serveGateway } from './support/gateway.ts';

const stranger: UserInfo = { username: 'stranger', groups: ['system:authenticated'] };

/** Who asks what, and whether it comes to the API server. */
const kinds = {
  allowed: { method: 'GET', path: (at: string) => `/api/v1/namespaces/${at}/pods`, passes: true },
  written: { method: 'POST', path: (at: string) => `/api/v1/namespaces/${at}/configmaps`, passes: true },
  watched: { method: 'GET', path: (at: string) => `/api/v1/namespaces/${at}/pods?watch=1`, passes: true },
  denied: { method: 'DELETE', path: (at: string) => `/api/v1/namespaces/${at}/pods/one`, passes: false },
  unknown: { method: 'GET', path: (at: string) => `/api/v1/namespaces/${at}/secrets`, passes: false },
  ambiguous: { method: 'GET', path: (at: string) => `/api/v1/namespaces/${at}/pods%2fone`, passes: false },
} as const;
type Kind = keyof typeof kinds;

interface Counted {
  readonly authenticated: Map<string, number>;
  readonly decided: Map<string, number>;
  /** The audit ids of what came to the API server, by the request. */
  readonly forwarded: Map<string, string[]>;
}

const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
const caseIn = (text: string) => /case-\d+/.exec(text)?.[0] ?? '';

/** A gateway that counts, by the namespace that a request is about. */
async function countingGateway() {
  const counted: Counted = { authenticated: new Map(), decided: new Map(), forwarded: new Map() };
  const target: Target = {
    forward({ response, target: path, auditId }) {
      const at = caseIn(path);
      counted.forwarded.set(at, [...(counted.forwarded.get(at) ?? []), auditId]);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}\n');
    },
    notReady: () => undefined,
    close: async () => {},
  };
  const policy = policyFor(jane.username, 'cluster-admin');
  const gateway = await serveGateway({
    target,
    async authenticate(rawHeaders) {
      const [at = '', who = ''] = (rawHeaders[rawHeaders.indexOf('X-Case') + 1] ?? '').split(' ');
      add(counted.authenticated, at);
      // Others have their turn in between.
      await new Promise(setImmediate);
      if (who === 'unknown') return { outcome: 'unauthorized', reason: 'nobody' };
      const user = who === 'denied' ? stranger : jane;
      return { outcome: 'authenticated', user, expiresAt: Number.POSITIVE_INFINITY };
    },
    authorize(attributes) {
      add(counted.decided, attributes.namespace ?? '');
      return policy.authorize(attributes);
    },
  });
  return { ...counted, gateway };
}

describe('R-022: of whatever requests, at once and on connections that are used again', () => {
  it('each that comes to the API server was authenticated once and decided once, under one audit id; none comes without', async () => {
    const { authenticated, decided, forwarded, gateway } = await countingGateway();
    onTestFinished(() => gateway.close());
    let count = 0;
    const wave = fc.array(fc.constantFrom(...(Object.keys(kinds) as Kind[])), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(wave, async (asked) => {
        const cases = asked.map((kind) => ({ kind, at: `case-${count++}` }));
        const answers = await Promise.all(
          cases.map(async ({ kind, at }) => {
            const { method, path } = kinds[kind];
            const headers = { 'X-Case': `${at} ${kind}` };
            const answer = await fetch(gateway.url + path(at), {
              method,
              headers,
              ...(method === 'POST' ? { body: '{}' } : {}),
            });
            await answer.arrayBuffer();
            return answer;
          }),
        );
        for (const [index, { kind, at }] of cases.entries()) {
          const { passes } = kinds[kind];
          const auditId = answers[index]?.headers.get('audit-id');
          expect([at, forwarded.get(at) ?? []]).toEqual([at, passes ? [auditId] : []]);
          const mayAsk = kind !== 'ambiguous';
          expect([at, authenticated.get(at) ?? 0]).toEqual([at, mayAsk ? 1 : 0]);
          const isDecided = passes || kind === 'denied';
          expect([at, decided.get(at) ?? 0]).toEqual([at, isDecided ? 1 : 0]);
        }
      }),
      { numRuns: 30 },
    );
    const ids = [...forwarded.values()].flat();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(50);
  });
});

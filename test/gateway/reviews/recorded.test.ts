import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, type Policy, type PolicyObject } from '../../../src/rbac/index.ts';
import { serveGateway } from '../support/gateway.ts';

const CORPUS = resolve(import.meta.dirname, '../../corpus/gateway');

interface Row {
  readonly note: string;
  readonly user: string;
  readonly method: string;
  readonly path: string;
  readonly requestHeaders?: [string, string][];
  readonly contentType?: string;
  readonly request?: unknown;
  readonly status: number;
  readonly body: Answer;
}

interface Answer {
  readonly message?: string;
  readonly status?: {
    readonly reason?: string;
    readonly resourceRules?: unknown[];
    readonly nonResourceRules?: unknown[];
  };
}

const rows = gunzipSync(readFileSync(join(CORPUS, 'ssar-ssrr.jsonl.gz')))
  .toString('utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const { objects } = JSON.parse(readFileSync(join(CORPUS, 'ssar-policy.json'), 'utf8')) as {
  objects: PolicyObject[];
};

const USERS: Readonly<Record<string, UserInfo>> = {
  alice: { username: 'alice', uid: 'uid-alice', groups: ['dev', 'ops', 'system:authenticated'] },
  bob: { username: 'bob', uid: 'uid-bob', groups: ['system:authenticated'] },
  u59: { username: 'u59', uid: 'uid-u59', groups: ['system:authenticated'] },
  weird: {
    username: 'we"ird é <u>&\\user',
    uid: 'uid-weird',
    groups: ['g one', 'g2', 'system:authenticated'],
  },
  admin: { username: 'admin', uid: 'uid-admin', groups: ['system:masters', 'system:authenticated'] },
  '<anonymous>': { username: 'system:anonymous', groups: ['system:unauthenticated'] },
};

/** Rows that are not compared, by rule. */
const NOT_COMPARED: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/<anonymous2>|front proxy/, 'front-proxy headers are not an authenticator here'],
  [/[sS]elector/, 'selectors are carried along but not judged: RBAC does not look at them'],
  [/fieldValidation=Strict|dryRun=x/, 'create options of a question have no effect here'],
  [/extra bad type/, 'the text names a Go type'],
  [/empty body/, 'the text is Go’s JSON parser’s'],
  [/GET by name|cluster URL/, 'answered by the target, which does not serve the kind'],
];

function policyOf(): Policy {
  const policy = createPolicy();
  for (const object of objects) policy.put('recorded', object);
  return policy;
}

/** Rules in an order of their own: the recorded server's is random. */
function sorted(rules: unknown[] | undefined): unknown[] | undefined {
  return rules && [...rules].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Masks what differs from run to run. */
function comparable(answer: Answer): unknown {
  const text = JSON.stringify(answer)
    .replaceAll(/"creationTimestamp":"[^"]+"/g, '"creationTimestamp":"T"')
    // The recorded server tracks field managers before it validates; the refused value prints them.
    .replaceAll(/,\\+"managedFields\\+":.*?\}\}\}(?:\]|\\u005d)/g, '')
    .replaceAll(/,\\"managedFields\\":\[.*?\]\}(?=: must)/g, '}');
  const value = JSON.parse(text) as Answer;
  if (!value.status?.resourceRules) return value;
  return {
    ...value,
    status: {
      ...value.status,
      resourceRules: sorted(value.status.resourceRules),
      nonResourceRules: sorted(value.status.nonResourceRules),
    },
  };
}

const compared = rows.filter(
  (row) => !NOT_COMPARED.some(([pattern]) => pattern.test(`${row.user} ${row.note}`)),
);

describe('the review kinds, as a real API server answered them', () => {
  it('are compared in the most', () => {
    expect(compared.length).toBeGreaterThan(55);
  });

  it.each(compared.map((row) => [row.note, row] as const))('%s', async (_note, row) => {
    const user = USERS[row.user];
    if (!user) throw new Error(`no such user: ${row.user}`);
    const gateway = await serveGateway({ policy: policyOf(), user });
    try {
      const answer = await fetch(`${gateway.url}${row.path}`, {
        method: row.method,
        headers: [['Content-Type', row.contentType ?? 'application/json'], ...(row.requestHeaders ?? [])],
        body: JSON.stringify(row.request),
      });
      const body = (await answer.json()) as Answer;
      expect(answer.status).toBe(row.status);
      expect(comparable(body)).toEqual(comparable(row.body));
    } finally {
      await gateway.close();
    }
  });
});

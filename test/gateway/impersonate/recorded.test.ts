import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImpersonation } from '../../../src/gateway/impersonate/index.ts';
import type { AuthenticationOutcome } from '../../../src/gateway/index.ts';
import { encodeGoJson, type UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, type Policy, type PolicyObject, type PolicyRule } from '../../../src/rbac/index.ts';
import { bytesOverHttp1 } from '../recorded/wire.ts';
import { serveGateway } from '../support/gateway.ts';

const CORPUS = resolve(import.meta.dirname, '../../corpus/gateway');

interface Row {
  readonly user: string;
  readonly callerRules: { readonly namespace?: string; readonly rules: PolicyRule[] };
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
  readonly note?: string;
}

/** Rows whose answer is not the recorded one, by rule, each with the status here. */
const DIFFERENT: readonly (readonly [when: (row: Row) => boolean, status: number, why: string])[] = [
  [
    ({ headers }) => headers.some(([name]) => /^impersonate_/i.test(name)),
    400,
    'stricter: a server that folds underscores would impersonate, kube-apiserver ignores the header',
  ],
  [
    ({ headers }) => headers.some(([name]) => name.includes('/')),
    400,
    'no header name (RFC 9110 §5.1): refused by both, and the parser here has no words',
  ],
];

function rowsOf(file: string): Row[] {
  const lines = gunzipSync(readFileSync(join(CORPUS, file)))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

/** Who the recording's callers are. A front proxy's words stand for whoever authenticates in its place. */
function callerOf({ user, headers }: Row): UserInfo {
  if (user === '<anonymous>') return { username: 'system:anonymous', groups: ['system:unauthenticated'] };
  if (user === 'admin') return { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
  if (!user.startsWith('fp:')) {
    return { username: user, uid: `uid-${user}`, groups: ['impers', 'system:authenticated'] };
  }
  const given = (name: string) => headers.find((header) => header[0] === name)?.[1] ?? '';
  return {
    username: given('X-Remote-User'),
    uid: given('X-Remote-Uid'),
    groups: [given('X-Remote-Group'), 'system:authenticated'],
    extra: {
      'acme.com/project': [given('X-Remote-Extra-acme.com%2Fproject')],
      scopes: [given('X-Remote-Extra-Scopes')],
    },
  };
}

function policyOf(rows: readonly Row[]): Policy {
  const policy = createPolicy();
  const grant = (name: string, namespace: string | undefined, rules: PolicyRule[], subject: object) => {
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const metadata = namespace === undefined ? { name } : { name, namespace };
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const apiGroup = 'rbac.authorization.k8s.io';
    const roleRef = { apiGroup, kind, name };
    policy.put('recorded', { apiVersion, kind, metadata, rules } as PolicyObject);
    const binding = {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef,
      subjects: [{ apiGroup, ...subject }],
    };
    policy.put('recorded', binding as unknown as PolicyObject);
  };
  for (const row of rows) {
    const { username } = callerOf(row);
    grant(username, row.callerRules.namespace, row.callerRules.rules, { kind: 'User', name: username });
  }
  const reviews = {
    verbs: ['create'],
    apiGroups: ['authentication.k8s.io'],
    resources: ['selfsubjectreviews'],
  };
  for (const name of ['system:authenticated', 'system:unauthenticated']) {
    grant(name, undefined, [reviews], { kind: 'Group', name });
  }
  return policy;
}

/** What a row's caller is to the gateway. */
function outcomeOf(row: Row): AuthenticationOutcome {
  if (row.user === '<bad token>') return { outcome: 'unauthorized', reason: 'recorded' };
  const user = callerOf(row);
  if (row.user === '<anonymous>') return { outcome: 'anonymous', user };
  return { outcome: 'authenticated', user, expiresAt: Number.POSITIVE_INFINITY };
}

const REVIEW = '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}';

/** The request's bytes as they were recorded, through Node's own parser. */
async function send(port: number, { method, path, headers }: Row) {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const body = method === 'POST' ? REVIEW : '';
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: gateway',
    'Connection: close',
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`]),
    ...lines,
    '',
    body,
  ];
  const {
    status,
    headers: answered,
    body: text,
  } = await bytesOverHttp1(port, Buffer.from(head.join('\r\n')));
  return { status, contentType: answered['content-type'] ?? '', text };
}

/** What a row says, byte for byte but for the time. */
function expectedText({ contentType, body }: Row): string {
  return contentType === 'application/json' ? `${encodeGoJson(body)}\n` : String(body);
}

const withoutTime = (text: string) => text.replace(/"creationTimestamp":"[^"]+"/, '"creationTimestamp":"…"');

describe.each([
  ['impersonation.jsonl.gz', false, 147],
  ['impersonation-constrained.jsonl.gz', true, 277],
] as const)('%s, as a real API server answered', (file, constrained, count) => {
  const rows = rowsOf(file);
  const policy = policyOf(rows);
  let clock = 0;
  let asking: Row | undefined;
  let gateway: Awaited<ReturnType<typeof serveGateway>>;
  beforeAll(async () => {
    gateway = await serveGateway({
      policy,
      authenticate: () => {
        if (asking === undefined) throw new Error('nobody asked');
        return outcomeOf(asking);
      },
      impersonate: createImpersonation({
        authorize: (attributes) => policy.authorize(attributes),
        constrained,
        now: () => clock++,
      }),
    });
  });
  afterAll(() => gateway.close());

  it('is compared in every row but a few', () => {
    const different = rows.filter((row) => DIFFERENT.some(([when]) => when(row)));
    expect(rows.length).toBe(count);
    expect(different.length).toBeLessThan(10);
  });

  // In order: constrained impersonation remembers by which mode a caller succeeded last.
  it.each(
    rows.map(
      (row, index) =>
        [
          `${index} ${row.user} ${row.path} ${JSON.stringify(row.headers).slice(0, 120)} ${row.note ?? ''}`,
          row,
        ] as const,
    ),
  )('%s', async (_name, row) => {
    asking = row;
    const got = await send(gateway.port, row);
    const different = DIFFERENT.find(([when]) => when(row));
    expect(got.status).toBe(different?.[1] ?? row.status);
    // What the API behind the gateway answers is not the gateway's.
    if (different !== undefined || row.status === 200) return;
    expect(got.contentType).toBe(row.contentType);
    expect(withoutTime(got.text)).toBe(withoutTime(expectedText(row)));
  });
});

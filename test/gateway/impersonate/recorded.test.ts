import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImpersonation } from '../../../src/gateway/impersonate/index.ts';
import {
  attributesOf,
  encodeStatus,
  forbidden,
  resolveRequestInfo,
  type UserInfo,
} from '../../../src/kube/index.ts';
import { createPolicy, type Policy, type PolicyObject, type PolicyRule } from '../../../src/rbac/index.ts';
import { closeServer, listenOn } from '../support/gateway.ts';

const CORPUS = resolve(import.meta.dirname, '../../corpus/gateway');

interface Row {
  readonly user: string;
  readonly callerRules: { readonly namespace?: string; readonly rules: PolicyRule[] };
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly status: number;
  readonly body: unknown;
  readonly note?: string;
}

/** Rows whose answer is not the recorded one, by rule, each with the answer here (undefined: not asked at all). */
const DIFFERENT: readonly (readonly [
  when: (row: Row) => boolean,
  status: number | undefined,
  why: string,
])[] = [
  [({ user }) => user === '<bad token>', undefined, 'refused by authentication, which comes before'],
  [({ path }) => path === '/api/v1/watch', undefined, 'no request at all: a 500 before authentication'],
  [
    ({ headers }) => headers.some(([name]) => /^impersonate_/i.test(name)),
    400,
    'stricter: a server that folds underscores would impersonate, kube-apiserver ignores the header',
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

/** What the recorded server did around impersonation: then authorize, then tell who the user is. */
function answererOf(rows: readonly Row[], constrained: boolean) {
  const policy = policyOf(rows);
  let clock = 0;
  const authorize: Policy['authorize'] = (attributes) => policy.authorize(attributes);
  const impersonate = createImpersonation({ authorize, constrained, now: () => clock++ });
  return (request: IncomingMessage, caller: UserInfo): { status: number; text: string } => {
    const info = resolveRequestInfo(request.method ?? '', request.url ?? '');
    const outcome = impersonate(request.rawHeaders, caller, (user) => attributesOf(info, user));
    if (outcome.outcome === 'refused')
      return { status: outcome.error.status.code, text: encodeStatus(outcome.error) };
    const user = outcome.outcome === 'none' ? caller : outcome.user;
    const attributes = attributesOf(info, user);
    const { decision, reason } = authorize(attributes);
    if (decision !== 'allow') return { status: 403, text: encodeStatus(forbidden(attributes, reason)) };
    return { status: info.resource === 'selfsubjectreviews' ? 201 : 200, text: JSON.stringify(user) };
  };
}

/** The request's bytes as they were recorded, through Node's own parser. */
async function send(port: number, { method, path, headers }: Row): Promise<{ status: number; text: string }> {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path} HTTP/1.1`, 'Host: gateway', 'Connection: close', ...lines, '', ''];
  const socket = connect(port, '127.0.0.1').end(Buffer.from(head.join('\r\n'), 'utf8'));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks).toString('utf8');
  return { status: Number(answer.split(' ')[1]), text: answer.slice(answer.indexOf('\r\n\r\n') + 4) };
}

/** What a row says about who the user is, or why not. */
function expectedBody({ status, body }: Row): unknown {
  return status === 201 ? (body as { status: { userInfo: object } }).status.userInfo : body;
}

describe.each([
  ['impersonation.jsonl.gz', false, 147],
  ['impersonation-constrained.jsonl.gz', true, 277],
] as const)('%s, as a real API server answered', (file, constrained, count) => {
  const rows = rowsOf(file);
  const answer = answererOf(rows, constrained);
  let caller: UserInfo;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { status, text } = answer(request, caller);
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(text) }).end(text);
  });
  let port: number;
  beforeAll(async () => {
    port = await listenOn(server);
  });
  afterAll(() => closeServer(server));

  it('is compared in nearly every row', () => {
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
    const different = DIFFERENT.find(([when]) => when(row));
    if (different !== undefined && different[1] === undefined) {
      expect(row.status).not.toBe(201);
      return;
    }
    caller = callerOf(row);
    const got = await send(port, row);
    expect(got.status).toBe(different?.[1] ?? row.status);
    const isJson = typeof row.body === 'object' && row.status !== 200;
    if (different === undefined && isJson) expect(JSON.parse(got.text)).toEqual(expectedBody(row));
  });
});

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserInfo } from '../../../src/kube/index.ts';
import type { PolicyObject } from '../../../src/rbac/index.ts';
import type { Caller, Door, OpenDoor } from './door.ts';

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
  readonly headers: Readonly<Record<string, string>>;
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
  fp: {
    username: 'fp',
    uid: '9',
    groups: ['g1', 'g2', 'system:authenticated'],
    extra: { a: ['1', '2'], 'acme.com/x': ['y'] },
  },
};

const TEXT = "another text for what Go's decoder says";

/** Rows that are answered otherwise, each with the status here. */
const DIFFERENT: Readonly<Record<string, readonly [status: number, why: string]>> = {
  'SSR empty body': [400, TEXT],
  'SAR extra bad type': [400, TEXT],
};

/** Rules in an order of their own: the recorded server's is random. */
function sorted(rules: unknown[] | undefined): unknown[] | undefined {
  return rules && [...rules].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Masks what differs from run to run. */
function comparable(answer: Answer): unknown {
  const text = JSON.stringify(answer)
    .replaceAll(/"creationTimestamp":"[^"]+"/g, '"creationTimestamp":"T"')
    // Of a client certificate; the recorded callers had tokens.
    .replaceAll(
      /,"extra":\{"authentication.kubernetes.io\/credential-id":\["X509SHA256=[0-9a-f]{64}"\]\}/g,
      '',
    )
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

/**
 * Sends every recorded review to a door.
 * @param canBe whether somebody can come to this door at all
 */
export function replayReviews(openDoor: OpenDoor, canBe: (caller: Caller) => boolean = () => true): void {
  describe('the review kinds, as a real API server answered them', () => {
    let door: Door;
    beforeAll(async () => {
      door = await openDoor({ rules: objects, namespaces: [] });
    });
    afterAll(() => door?.close());

    it('are all there, and every listed difference is about one of them', () => {
      expect(rows).toHaveLength(99);
      const notes = new Set(rows.map(({ note }) => note));
      expect(Object.keys(DIFFERENT).filter((note) => !notes.has(note))).toEqual([]);
    });

    it.each(rows.filter(({ user }) => canBe(callerOf(user))).map((row) => [row.note, row] as const))(
      '%s',
      async (_note, row) => {
        door.asks(callerOf(row.user));
        const { method, path, contentType, requestHeaders = [], request } = row;
        const body = typeof request === 'string' ? request : JSON.stringify(request);
        const answer = await door.http1({
          method,
          target: path,
          headers: [['Content-Type', contentType ?? 'application/json'], ...requestHeaders],
          ...(method === 'GET' ? {} : { body }),
        });
        const different = DIFFERENT[row.note];
        expect(answer.status).toBe(different?.[0] ?? row.status);
        expect(answer.headers['content-type']).toBe('application/json');
        if (different !== undefined) return;
        expect(answer.headers['warning']).toBe(row.headers['Warning']);
        // As text: the order of the members counts, too.
        expect(JSON.stringify(comparable(JSON.parse(answer.body) as Answer))).toBe(
          JSON.stringify(comparable(row.body)),
        );
      },
    );
  });
}

/** Who the recording's callers are. A front proxy's words stand for whoever authenticates in its place. */
function callerOf(name: string): Caller {
  if (name === '<anonymous2>') return 'refused';
  if (name === '<anonymous>') return 'anonymous';
  const user = USERS[name];
  if (!user) throw new Error(`no such user: ${name}`);
  return user;
}

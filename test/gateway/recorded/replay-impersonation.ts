import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGoJson, type UserInfo } from '../../../src/kube/index.ts';
import type { PolicyObject, PolicyRule } from '../../../src/rbac/index.ts';
import { recordedRows } from './compare.ts';
import { type Caller, type Door, grantOf, type OpenDoor } from './door.ts';

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

const askedIn = ({ user, method, path, headers }: Row) => JSON.stringify([user, method, path, headers]);
const verbsOf = ({ callerRules }: Row) => callerRules.rules.flatMap((rule) => rule.verbs ?? []);

/** The first one counts, and an empty one is none. */
const wantsUser = ({ headers }: Row) =>
  (headers.find(([name]) => /^impersonate-user$/i.test(name))?.[1] ?? '') !== '';

/**
 * Callers who never impersonated anybody and whose rules have no verb of the mode that the recording speaks of hear here what they
 * would hear from a server without these verbs, as 1.35 is by default: as recorded from one, where that was asked.
 */
function wordsFor(row: Row, before: readonly Row[], legacy: ReadonlyMap<string, Row>): string | RegExp {
  const mode = /cannot impersonate-on:([a-z-]+):/.exec(JSON.stringify(row.body))?.[1];
  const isGranted = verbsOf(row).some((verb) => verb === '*' || verb.split(':')[1] === mode);
  const hasSucceeded = before.some((one) => one.user === row.user && one.status < 300 && wantsUser(one));
  if (mode === undefined || isGranted || hasSucceeded) return expectedText(row);
  const recorded = legacy.get(askedIn(row));
  return recorded === undefined ? /cannot impersonate resource \\"/ : expectedText(recorded);
}

/** Who the recording's callers are. A front proxy's words stand for whoever authenticates in its place. */
function userOf({ user, headers }: Row): UserInfo {
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

function rulesOf(rows: readonly Row[]): PolicyObject[] {
  const own = new Map(rows.map((row) => [`${userOf(row).username} ${row.callerRules.namespace}`, row]));
  const reviews = {
    verbs: ['create'],
    apiGroups: ['authentication.k8s.io'],
    resources: ['selfsubjectreviews'],
  };
  return [
    ...[...own.values()].flatMap((row) => {
      const { namespace, rules } = row.callerRules;
      return grantOf({ kind: 'User', name: userOf(row).username }, rules, namespace);
    }),
    ...['system:authenticated', 'system:unauthenticated'].flatMap((name) =>
      grantOf({ kind: 'Group', name }, [reviews]),
    ),
  ];
}

/** What a row's caller is to the gateway. */
function callerOf(row: Row): Caller {
  if (row.user === '<bad token>') return 'refused';
  return row.user === '<anonymous>' ? 'anonymous' : userOf(row);
}

const REVIEW = '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}';

function requestOf({ method, path: target, headers }: Row) {
  if (method !== 'POST') return { method, target, headers };
  return {
    method,
    target,
    headers: [...headers, ['Content-Type', 'application/json'] as const],
    body: REVIEW,
  };
}

/** What a row says, byte for byte but for the time. */
function expectedText({ contentType, body }: Row): string {
  return contentType === 'application/json' ? `${encodeGoJson(body)}\n` : String(body);
}

const withoutTime = (text: string) => text.replace(/"creationTimestamp":"[^"]+"/, '"creationTimestamp":"…"');

type Recording = readonly [file: string, constrained: boolean, rows: number];
const LEGACY = 'impersonation.jsonl.gz';
const RECORDINGS: readonly Recording[] = [
  [LEGACY, false, 147],
  ['impersonation-constrained.jsonl.gz', true, 277],
];

/**
 * Sends every recorded request in somebody else's name to a door, with and without constrained impersonation.
 * @param canBe whether somebody can come to this door at all
 */
export function replayImpersonation(
  openDoor: OpenDoor,
  canBe: (caller: Caller) => boolean = () => true,
): void {
  const legacy = new Map(recordedRows<Row>(`gateway/${LEGACY}`).map((row) => [askedIn(row), row]));
  describe.each(RECORDINGS)('S-262 %s, as a real API server answered', (file, constrained, count) => {
    const rows = recordedRows<Row>(`gateway/${file}`);
    let door: Door;
    beforeAll(async () => {
      door = await openDoor({ rules: rulesOf(rows), namespaces: ['ns1'], constrained });
    });
    afterAll(() => door?.close());

    it('is compared in every row but a few', () => {
      const different = rows.filter((row) => DIFFERENT.some(([when]) => when(row)));
      expect(rows.length).toBe(count);
      expect(different.length).toBeLessThan(10);
    });

    // In order: constrained impersonation remembers by which mode a caller succeeded last.
    it.each(
      rows
        .map((row, index) => [index, row] as const)
        .filter(([, row]) => canBe(callerOf(row)))
        .map(
          ([index, row]) =>
            [
              `${index} ${row.user} ${row.path} ${JSON.stringify(row.headers).slice(0, 120)} ${row.note ?? ''}`,
              row,
            ] as const,
        ),
    )('%s', async (_name, row) => {
      door.asks(callerOf(row));
      const got = await door.http1(requestOf(row));
      const different = DIFFERENT.find(([when]) => when(row));
      expect(got.status).toBe(different?.[1] ?? row.status);
      // What the API behind the gateway answers is not the gateway's.
      if (different !== undefined || row.status === 200) return;
      expect(got.headers['content-type'] ?? '').toBe(row.contentType);
      const words = wordsFor(row, rows.slice(0, rows.indexOf(row)), legacy);
      if (words instanceof RegExp) expect(got.body).toMatch(words);
      else expect(withoutTime(got.body)).toBe(withoutTime(words));
    });
  });
}

/** Refuses, where constrained verbs count, whoever has none of them as a server does where they do not. */
export function replayUngranted(openDoor: OpenDoor): void {
  describe('whoever was granted no constrained verb', () => {
    const rows = recordedRows<Row>(`gateway/${LEGACY}`);
    const refused = rows.filter(
      (row) => row.status === 403 && !verbsOf(row).some((verb) => verb === '*' || verb.includes(':')),
    );
    let door: Door;
    beforeAll(async () => {
      door = await openDoor({ rules: rulesOf(rows), namespaces: ['ns1'], constrained: true });
    });
    afterAll(() => door?.close());

    it.each(
      refused.map((row, index) => [`${index} ${row.user} ${JSON.stringify(row.headers)}`, row] as const),
    )('is refused without a word of them: %s', async (_name, row) => {
      door.asks(callerOf(row));
      const got = await door.http1(requestOf(row));
      expect(got.status).toBe(403);
      expect(got.body).toBe(expectedText(row));
    });
  });
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badRequest, encodeGoJson, encodeStatus } from '../../../src/kube/index.ts';
import { comparable, type Difference, expectedAnswer, recordedRows } from './compare.ts';
import type { Door, OpenDoor } from './door.ts';
import type { WireAnswer } from './wire.ts';

interface Recorded {
  readonly note: string;
  readonly method: string;
  readonly path: string;
  readonly contentType: string | null;
  /** A text stands for itself. */
  readonly request: object | string | null;
  readonly status: number;
  readonly body: { readonly message?: string };
}

const rows = recordedRows<Recorded>('rbac/rbac-invalid.jsonl.gz').map((row, index) => ({
  ...row,
  index,
  name: row.note,
  user: 'admin',
  recorded: {
    status: row.status,
    headers: { 'content-type': 'application/json' },
    body: `${encodeGoJson(row.body)}\n`,
  } satisfies WireAnswer,
}));
type Row = (typeof rows)[number];

const SCHEME = 'in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"';

/** Of the embedded API: a real one behind the gateway gives its own answers. */
const DIFFERENCES: readonly Difference<Row>[] = [
  {
    rows: ["Role name 'a\\x00b' len 3", "ClusterRoleBinding name 'a\\x00b' len 3"],
    ours: ({ request }) => ({ status: 422, body: `${encodeGoJson(refusedForNul(request))}\n` }),
    why: 'a key of the store is text, and NUL is none for many who read it',
  },
  {
    rows: ['metadata: generation negative'],
    ours: ({ request }) => {
      const { metadata, ...rest } = request as { metadata: { name: string } };
      return { status: 201, body: JSON.stringify({ ...rest, metadata: { name: metadata.name } }) };
    },
    why: 'what only the server sets is dropped before anybody looks at it',
  },
  {
    rows: ['apiVersion v1beta1 at v1 URL'],
    ours: {
      body: encodeStatus(
        badRequest(
          `Role in version "v1beta1" cannot be handled as a Role: no kind "Role" is registered for version "rbac.authorization.k8s.io/v1beta1" ${SCHEME}`,
        ),
      ),
    },
    why: 'versions that are not served are not known either',
  },
  {
    rows: ['body: kind List'],
    ours: {
      body: encodeStatus(
        badRequest(
          `List in version "v1" cannot be handled as a Role: no kind "List" is registered for version "v1" ${SCHEME}`,
        ),
      ),
    },
    why: "another text for what Go's type system says",
  },
  {
    rows: ['body: UTF-8 BOM'],
    ours: ({ recorded }) => ({ body: recorded.body.replace("'ï'", "'\ufeff'") }),
    why: 'Go names the first byte, this API the character',
  },
  {
    rows: ['PATCH json patch'],
    ours: ({ recorded }) => ({ body: recorded.body.replace(',"rules":null', '') }),
    why: 'an empty list of rules is absent here, and null in Go',
  },
];

function refusedForNul(request: Row['request']): object {
  const { kind } = request as { kind: string };
  const problem = 'Invalid value: "a\\x00b": may not contain NUL';
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${kind}.rbac.authorization.k8s.io "a\\x00b" is invalid: metadata.name: ${problem}`,
    reason: 'Invalid',
    details: {
      name: 'a\0b',
      group: 'rbac.authorization.k8s.io',
      kind,
      causes: [{ reason: 'FieldValueInvalid', message: problem, field: 'metadata.name' }],
    },
    code: 422,
  };
}

const BASE = '/apis/rbac.authorization.k8s.io/v1';
const META = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'upd' } };
const RULES = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
const BOUND = {
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'a' }],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'x' },
};

/** What the recorded server held that no row makes. */
async function prepare(door: Door): Promise<void> {
  await door.prepare('POST', `${BASE}/namespaces/default/roles`, { ...META, kind: 'Role', rules: RULES });
  await door.prepare('POST', `${BASE}/namespaces/default/rolebindings`, {
    ...META,
    kind: 'RoleBinding',
    ...BOUND,
  });
  await door.prepare('POST', `${BASE}/clusterrolebindings`, {
    ...META,
    kind: 'ClusterRoleBinding',
    ...BOUND,
  });
  const taken = rows.find(({ note }) => note === 'refused while loading policy 6')?.request;
  if (typeof taken !== 'object' || taken === null) throw new Error('no such row');
  await door.prepare('POST', `${BASE}/clusterroles`, taken);
}

/** Names and UIDs that a server makes up. */
function withoutMadeUp<T>(value: T): T {
  const text = JSON.stringify(value)
    .replaceAll(/(gen-|gen\/%-)[a-z0-9]{5}/g, '$1xxxxx')
    .replaceAll(/(UID in object meta: )[0-9a-f-]{36}/g, '$1…');
  return JSON.parse(text) as T;
}

function bodyOf({ request }: Row): string | undefined {
  if (request === null) return undefined;
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  // The recording's abbreviation.
  return text.replace(/<(\d+) times x>/, (_, count: string) => 'x'.repeat(Number(count)));
}

/** Sends every recorded write of an RBAC object to a door. */
export function replayRbacWrites(openDoor: OpenDoor): void {
  describe('S-258 S-264 writes of RBAC objects, as a real kube-apiserver 1.35.3 answered them', () => {
    let door: Door;
    beforeAll(async () => {
      door = await openDoor({ rules: [], namespaces: [] });
      door.asks({ username: 'admin', groups: ['system:masters', 'system:authenticated'] });
      await prepare(door);
    });
    afterAll(() => door?.close());

    it('are all there, and every listed difference is about some of them', () => {
      expect(rows).toHaveLength(335);
      const names = new Set(rows.map(({ name }) => name));
      expect(DIFFERENCES.flatMap((difference) => difference.rows).filter((name) => !names.has(name))).toEqual(
        [],
      );
    });

    // In order: each row finds what the ones before have left.
    it.each(rows.map((row) => [row.index + 1, row.note, row] as const))(
      'row %i: %s',
      async (...[, , row]) => {
        const { method, path, contentType } = row;
        const body = bodyOf(row);
        const answer = await door.http1({
          method,
          target: path,
          headers: contentType === null ? [] : [['Content-Type', contentType]],
          ...(body === undefined ? {} : { body }),
        });
        const { 'content-type': type = '' } = answer.headers;
        const got = comparable({ ...answer, headers: { 'content-type': type } }, 'HTTP/1.1');
        const expected = comparable(expectedAnswer(DIFFERENCES, row, 'HTTP/1.1'), 'HTTP/1.1');
        expect(withoutMadeUp(got)).toEqual(withoutMadeUp(expected));
      },
    );
  });
}

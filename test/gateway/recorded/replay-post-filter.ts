import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badRequest, encodeGoJson, encodeStatus, resourceNotFound } from '../../../src/kube/index.ts';
import type { PolicyRule } from '../../../src/rbac/index.ts';
import { comparable, type Difference, expectedAnswer, recordedRows } from './compare.ts';
import { type Door, grantOf, type OpenDoor } from './door.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

interface Recorded {
  readonly note: string;
  readonly user: string;
  readonly clusterRules: PolicyRule[];
  readonly method: string;
  readonly path: string;
  readonly contentType: string | null;
  readonly requestHeaders: [string, string][];
  readonly request: { readonly metadata: { readonly name: string } } | null;
  readonly status: number;
  readonly body: object;
}

/** No headers were recorded but the type of what is there. */
const rows = recordedRows<Recorded>('gateway/post-filter.jsonl.gz').map((row, index) => ({
  ...row,
  index,
  name: row.note,
  recorded: {
    status: row.status,
    headers: { 'content-type': 'application/json' },
    body: `${encodeGoJson(row.body)}\n`,
  },
}));
type Row = (typeof rows)[number];

/** What controllers make in every namespace; the recorded server ran without. */
const ROOT_AUTHORITY = {
  metadata: {
    name: 'kube-root-ca.crt',
    namespace: 'ns1',
    annotations: {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    },
  },
  data: { 'ca.crt': '' },
};

const DIFFERENCES: readonly Difference<Row>[] = [
  {
    rows: ['DELETE collection of u51'],
    ours: ({ body }) => ({ body: JSON.stringify({ ...body, items: [ROOT_AUTHORITY] }) }),
    why: 'there is something to delete',
  },
  {
    rows: [
      'exec POST upgrade websocket',
      'attach POST upgrade websocket',
      'portforward POST upgrade websocket',
    ],
    ours: { status: 400, body: encodeStatus(badRequest('a WebSocket is opened by GET')) },
    why: 'RFC 6455 §4.1: kube-apiserver looks at the rights first, and fails later',
  },
  {
    rows: ['proxy websocket of u46'],
    ours: { status: 404, body: encodeStatus(resourceNotFound()) },
    why: 'the embedded API has no proxy subresource: its pods have no address',
  },
];

const STREAMS: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);

/**
 * Asks a door for everything that is judged once more after the authorization filter.
 * @param isWatched whether it can be seen what reaches the API
 */
export function replayPostFilter(openDoor: OpenDoor, isWatched: boolean): void {
  describe('checks after the authorization filter, as a real kube-apiserver 1.35.3 made them', () => {
    let door: Door;
    let asking: Row | undefined;
    /** What reached the API, by row. */
    const passed = new Set<number>();

    beforeAll(async () => {
      const granted = new Map(rows.map(({ user, clusterRules }) => [user, clusterRules]));
      door = await openDoor({
        rules: [...granted].flatMap(([name, rules]) => grantOf({ kind: 'User', name }, rules)),
        namespaces: ['ns1'],
        reached({ subresource }) {
          if (asking !== undefined && STREAMS.has(subresource)) passed.add(asking.index);
        },
      });
      // Of a scheduler that is not there, as the recorded server had none.
      await door.prepare('POST', '/api/v1/namespaces/ns1/pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web' },
        spec: { schedulerName: 'nobody', containers: [{ name: 'web', image: 'web' }] },
      });
    });
    afterAll(() => door?.close());

    async function answerOf(row: Row, send: (request: WireRequest) => Promise<WireAnswer>) {
      door.asks({ username: row.user, groups: ['system:authenticated'] });
      asking = row;
      const { method, path, contentType, requestHeaders, request } = row;
      const headers = contentType === null ? [] : [['Content-Type', contentType] as const];
      const answer = await send({
        method,
        target: path,
        headers: [...requestHeaders, ...headers],
        ...(request === null ? {} : { body: JSON.stringify(request) }),
      });
      if (answer.status === 201) {
        const made = method === 'POST' ? `${path}/${request?.metadata.name}` : path.replace(/\?.*/, '');
        await door.prepare('DELETE', made);
      }
      const { 'content-type': type = '' } = answer.headers;
      // Of each server its own.
      const body = answer.body.replace(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----(?:\\n)?/, '');
      return { ...answer, headers: { 'content-type': type }, body };
    }

    it('are all there', () => {
      expect(rows).toHaveLength(112);
      const notes = new Set(rows.flatMap(({ note, user }) => [note, `${note} of ${user}`]));
      expect(DIFFERENCES.flatMap((difference) => difference.rows).filter((note) => !notes.has(note))).toEqual(
        [],
      );
    });

    it.each(rows.map((row) => [row.index + 1, row.user, row.note, row] as const))(
      'row %i, %s: %s',
      async (_line, _user, _note, row) => {
        const expected = expectedAnswer(DIFFERENCES, row, 'HTTP/1.1');
        const answer = await answerOf(row, door.http1);
        expect(comparable(answer, 'HTTP/1.1')).toEqual(comparable(expected, 'HTTP/1.1'));
        // HTTP/2 has no upgrades of this kind.
        if (row.requestHeaders.length > 0) return;
        const again = await answerOf(row, door.http2);
        expect(comparable(again, 'HTTP/2')).toEqual(comparable(expected, 'HTTP/2'));
      },
    );

    if (!isWatched) return;
    it('let through to the pod exactly what kube-apiserver did', () => {
      const isOfPod = ({ body }: Row) =>
        /host assigned|address not allowed|nopod.*not found/.test(JSON.stringify(body));
      const expected = rows
        .filter((row) => isOfPod(row) && !/POST upgrade websocket/.test(row.note))
        .map(({ index }) => index);
      expect([...passed].sort((a, b) => a - b)).toEqual(expected);
      expect(expected).toHaveLength(28);
    });
  });
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributesOf, encodeStatus, forbidden, resolveRequestInfo } from '../../../src/kube/index.ts';
import type { PolicyRule } from '../../../src/rbac/index.ts';
import { STRICTER_TARGETS } from '../../kube/stricter-targets.ts';
import {
  comparable,
  type Difference,
  expectedAnswer,
  PARSER_REFUSAL,
  recordedRows,
  refusedAsBad,
  type Version,
} from './compare.ts';
import { type Caller, type Door, grantOf, type OpenDoor } from './door.ts';
import { NO_ANSWER, type WireAnswer } from './wire.ts';

interface Recorded extends WireAnswer {
  readonly method: string;
  readonly target: string;
  readonly user: string;
  readonly clusterRules?: PolicyRule[];
  readonly requestHeaders?: Readonly<Record<string, string>>;
}

/** What a row asks for, without who asks: every user's rights are its own, but not what a parser makes of it. */
const rows = recordedRows<Recorded>('kube/request-info.jsonl.gz').map((row, index) => ({
  ...row,
  index,
  name: `${row.method} ${row.target}${row.user.startsWith('nobody with') ? row.user.slice(6) : ''}`,
  recorded: { status: row.status, headers: row.headers, body: row.body },
}));
type Row = (typeof rows)[number];

const withoutFraming = ({ headers: { 'transfer-encoding': _, ...headers }, body }: Recorded) => ({
  headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
});

/** The same refusal as JSON. */
const asJson = ({ method, target, headers }: Row): Partial<WireAnswer> => {
  const nobody = { username: 'nobody', groups: ['system:authenticated'] };
  const body = encodeStatus(forbidden(attributesOf(resolveRequestInfo(method, target), nobody), ''));
  const length = String(Buffer.byteLength(body));
  return { headers: { ...headers, 'content-type': 'application/json', 'content-length': length }, body };
};

const MALFORMED = [
  'GET /api/v1/namespaces/ns1/pods?fieldSelector=metadata.name in (x)',
  'GET /api/v1/namespaces/ns1/pods?x=a b',
  'GET /api/v1/po ds',
  'GET /a b',
  'GET api/v1/pods',
  'GET 127.0.0.1:16443',
];

const DIFFERENCES: readonly Difference<Row>[] = [
  {
    rows: [
      'CONNECT /api/v1/namespaces/ns1/pods/web',
      'CONNECT /api/v1/namespaces/ns1/pods',
      'CONNECT /healthz',
      'CONNECT 127.0.0.1:16443',
    ],
    ours: NO_ANSWER,
    why: 'the gateway is no forward proxy: Node ends the connection',
  },
  {
    rows: [
      'FOO /api/v1/namespaces/ns1/pods',
      'FOO /api/v1/namespaces/ns1/pods/web',
      'FOO /version',
      'Get /api/v1/namespaces/ns1/pods/web',
      'Get /healthz',
      'LIST /api/v1/namespaces/ns1/pods',
      'LIST /healthz',
      'WATCH /api/v1/namespaces/ns1/pods',
      'WATCH /healthz',
      'X /api/v1/namespaces/ns1/pods',
      'X /healthz',
      'get /api/v1/namespaces/ns1/pods',
      'get /api/v1/namespaces/ns1/pods/web',
      'get /healthz',
    ],
    over: 'HTTP/1.1',
    ours: PARSER_REFUSAL,
    why: "no method that Node's parser knows; over HTTP/2 it is decided like any other",
  },
  {
    rows: ['GET /ü', 'GET /api/v1/namespaces/ns1/pods?x=ü'],
    over: 'HTTP/1.1',
    ours: PARSER_REFUSAL,
    why: "no target that Node's parser takes; over HTTP/2 it is refused as ambiguous",
  },
  {
    rows: [
      'GET https://127.0.0.1:16443/api/v1/pods',
      'GET https://u:p@127.0.0.1:16443/api/v1/namespaces/ns1/pods',
      'GET https://127.0.0.1:16443?x=1',
    ],
    over: 'HTTP/2',
    ours: NO_ANSWER,
    why: ':path begins with a slash (RFC 9113 §8.3.1); over HTTP/1.1 it is refused as ambiguous',
  },
  {
    rows: MALFORMED,
    over: 'HTTP/1.1',
    ours: PARSER_REFUSAL,
    why: 'refused by both; the parser here has no words',
  },
  {
    rows: MALFORMED,
    over: 'HTTP/2',
    ours: NO_ANSWER,
    why: 'a malformed :path (RFC 9113 §8.3.1): the stream is reset',
  },
  {
    rows: [
      'GET /api/v1/namespaces/ns1/pods/%',
      'GET /api/v1/po%zz',
      'GET /api/v1/po%zz with Accept yaml',
      'GET /api/v1/po%zz with Audit-ID',
    ],
    ours: refusedAsBad('ambiguous request: a malformed percent-encoding in the path'),
    why: 'refused by both; here in a Status',
  },
  {
    rows: rows.filter((row) => row.target.length > 1000).map(({ name }) => name),
    ours: withoutFraming,
    why: 'a long refusal is sent with its length instead of in chunks',
  },
  {
    rows: ['GET /api/v1/pods?timeout=bogus'],
    ours: ({ headers }) => ({ headers: { ...headers, 'x-content-type-options': 'nosniff' } }),
    why: 'every Status but the 401 says nosniff',
  },
  {
    rows: [
      'GET /api/v1/namespaces/ns1/pods/web with Accept yaml',
      'GET /healthz with Accept yaml',
      'GET / with Accept yaml',
      'GET /api/v1/namespaces/ns1/pods with protobuf accept',
      'GET /api/v1/namespaces/ns1/pods/web with protobuf accept',
      'GET / with protobuf accept',
    ],
    ours: asJson,
    why: 'the gateway speaks JSON, which every client of Kubernetes reads',
  },
  ...STRICTER_TARGETS.map(([target, reason]) => ({
    rows: rows.filter((row) => row.target === target).map(({ name }) => name),
    ours: refusedAsBad(`ambiguous request: ${reason}`),
    why: 'two parsers could read the target differently',
  })),
];

function callerOf(user: string): Caller {
  if (user === '<invalid token>') return 'refused';
  if (user.startsWith('<')) return 'anonymous';
  return { username: user.replace(/ with .*$/, ''), groups: ['system:authenticated'] };
}

/** What the gateway as a whole answers to everybody, before anything is decided. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/readyz?verbose']);

/** What stands in front of the pipeline. */
export interface Front {
  /** Whether the gateway's own health is answered. */
  readonly probes: boolean;
  /** The answer to what is no HTTP/1.1. */
  readonly noHttp: WireAnswer;
}

/** Sends every recorded request target to a door. */
export function replayRequestInfo(openDoor: OpenDoor, { probes, noHttp }: Front): void {
  const healthy = { status: 200, headers: expect.anything(), body: expect.stringMatching(/^$|^ok$|\[\+\]/) };
  function expectedOf(row: Row, version: Version) {
    const isProbe = PROBES.has(row.target) && (row.method === 'GET' || row.method === 'HEAD');
    if (probes && isProbe) return healthy;
    const answer = expectedAnswer(DIFFERENCES, row, version);
    const isRefusal = answer.status === PARSER_REFUSAL.status && answer.body === PARSER_REFUSAL.body;
    return comparable(isRefusal ? noHttp : answer, version);
  }

  describe('S-200 request targets, as a real kube-apiserver 1.35.3 answered them', () => {
    let door: Door;
    beforeAll(async () => {
      const granted = new Map(rows.map(({ user, clusterRules = [] }) => [user, clusterRules]));
      const rules = [...granted]
        .filter(([, own]) => own.length > 0)
        .flatMap(([name, own]) => grantOf({ kind: 'User', name }, own));
      door = await openDoor({ rules, namespaces: ['ns1'] });
    });
    afterAll(() => door?.close());

    it('are all there, and every listed difference is about some of them', () => {
      expect(rows).toHaveLength(644);
      const names = new Set(rows.flatMap(({ name, user }) => [name, `${name} of ${user}`]));
      const listed = DIFFERENCES.flatMap((difference) => difference.rows);
      expect(listed.filter((name) => !names.has(name))).toEqual([]);
      expect(DIFFERENCES.filter((difference) => difference.rows.length === 0)).toEqual([]);
    });

    // In one test each: 644 names would say less than the row that fails.
    it('are answered the same over HTTP/1.1, byte for byte', { timeout: 60_000 }, async () => {
      for (const row of rows) {
        door.asks(callerOf(row.user));
        const answer = await door.http1(requestOf(row));
        expect(comparable(answer, 'HTTP/1.1'), where(row)).toEqual(expectedOf(row, 'HTTP/1.1'));
      }
    });

    it('are answered the same over HTTP/2, byte for byte', { timeout: 60_000 }, async () => {
      for (const row of rows) {
        // Over HTTP/2 CONNECT has no path to be authorized.
        if (row.method === 'CONNECT') continue;
        door.asks(callerOf(row.user));
        const answer = await door.http2(requestOf(row));
        expect(comparable(answer, 'HTTP/2'), where(row)).toEqual(expectedOf(row, 'HTTP/2'));
      }
    });
  });
}

function requestOf({ method, target, requestHeaders = {} }: Row) {
  return { method, target, headers: Object.entries(requestHeaders) };
}

const where = ({ index, name, user }: Row) => `row ${index + 1}, ${user}: ${name.slice(0, 200)}`;

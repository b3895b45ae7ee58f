import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousUser } from '../../../src/gateway/authenticate/index.ts';
import {
  attributesOf,
  encodeStatus,
  forbidden,
  resolveRequestInfo,
  type UserInfo,
  unauthorized,
} from '../../../src/kube/index.ts';
import {
  comparable,
  type Difference,
  expectedAnswer,
  PARSER_REFUSAL,
  recordedRows,
  refusedAsBad,
} from './compare.ts';
import type { Front } from './replay-request-info.ts';
import { bytesOverHttp1, type Connect, type WireAnswer } from './wire.ts';

interface Recorded {
  readonly id: string;
  readonly config: string;
  readonly kind?: 'TokenReview';
  readonly description: string;
  readonly clientCertificate: string | null;
  /** The bytes as Latin-1. */
  readonly request: string;
  readonly status: number;
  readonly responseHeaders: [name: string, value: string][];
  readonly userInfo?: UserInfo;
  readonly body: string;
}

const rows = recordedRows<Recorded>('authn/bearer.jsonl.gz')
  .filter(({ kind }) => kind === undefined)
  .map((row) => ({
    ...row,
    name: row.description,
    user: row.config,
    recorded: {
      status: row.status,
      headers: Object.fromEntries(row.responseHeaders.map(([name, value]) => [name.toLowerCase(), value])),
      body: row.body,
    } satisfies WireAnswer,
  }));
export type BearerRow = (typeof rows)[number];
type Row = BearerRow;

/** A gateway that takes the credentials of one recorded configuration. */
export interface BearerDoor {
  /** How a row's client connects to it, with the row's certificate. */
  connecting(row: BearerRow): Connect;
  close(): Promise<unknown>;
}

export const CONFIGURATIONS: readonly string[] = ['anon-on', 'anon-off', 'anon-paths'];
const PROBE = /^(?:GET|HEAD) \/(?:healthz|livez|readyz) /;

const NO_BODY = 'a request that asks for an upgrade has no body';
/** A refused upgrade ends its connection, which is said. */
const CLOSED = { connection: 'close' };

const OWN_CHECKS = readFileSync(new URL('../../corpus/cluster/health/healthz.txt', import.meta.url), 'utf8');

const DIFFERENCES: readonly Difference<Row>[] = [
  {
    rows: ['NUL in the value', 'DEL in the value', 'bare CR in the value'],
    ours: PARSER_REFUSAL,
    why: 'refused by both; the parser here has no words',
  },
  {
    rows: ['two headers: good, bob'],
    ours: refusedAsBad('ambiguous request: more than one Authorization header'),
    why: 'S-208: who is asking must not depend on which of two a reader takes',
  },
  { rows: ['folded header line'], ours: PARSER_REFUSAL, why: 'RFC 9112 §5.2: no server has to take it' },
  {
    rows: [
      'websocket: other protocol first',
      'websocket: token protocol alone',
      'websocket: same token twice',
      'websocket: padded base64',
      'websocket: raw JWT, not encoded',
      'websocket: empty token',
      'websocket: prefix in capitals',
      'websocket: not UTF-8 inside',
      'websocket: header good, protocol bob',
      'websocket: header bad, protocol good',
      'websocket: header good, protocol bad',
      'websocket: certificate and bad protocol token',
      'SPDY upgrade with the token protocol',
    ],
    ours: refusedAsBad(NO_BODY),
    why: 'what follows the head could be read as the new protocol; who is asking is replayed below, by GET',
  },
  {
    rows: ['websocket: GET /api'],
    ours: refusedAsBad('this is no stream: it can be had without an upgrade only'),
    why: 'kube-apiserver passes over an upgrade that it has no use for',
  },
  {
    rows: ['websocket: GET /api bad token'],
    ours: ({ recorded }) => ({ headers: { ...recorded.headers, ...CLOSED } }),
    why: 'a refused upgrade ends its connection',
  },
  ...(
    [
      ['GET //healthz anonymous', 'an empty segment in the path'],
      ['GET /./healthz anonymous', 'a dot segment in the path'],
      ['GET /x/../healthz anonymous', 'a dot segment in the path'],
    ] as const
  ).map(([row, reason]) => ({
    rows: [row],
    ours: refusedAsBad(`ambiguous request: ${reason}`),
    why: 'two parsers could read the target differently',
  })),
  {
    rows: ['401 asking for YAML'],
    ours: ({ recorded }) => {
      const body = encodeStatus(unauthorized());
      const length = String(Buffer.byteLength(body));
      const headers = { ...recorded.headers, 'content-type': 'application/json', 'content-length': length };
      return { headers, body };
    },
    why: 'the gateway speaks JSON, which every client of Kubernetes reads',
  },
  {
    rows: ['GET /version/ anonymous', 'GET /version with a good token', 'GET /version with Basic'],
    ours: whenAllowed(({ body }) => ({ body: ourVersion(body) })),
    why: 'the embedded API is a program of its own',
  },
  {
    rows: ['GET /api with a good token'],
    ours: whenAllowed(({ body }) => ({
      body: JSON.stringify({ ...JSON.parse(body), serverAddressByClientCIDRs: [] }),
    })),
    why: 'the embedded API leaves it to the kubeconfig where it is',
  },
  {
    rows: ['GET /healthz?verbose anonymous'],
    ours: whenAllowed(({ recorded }) => ({
      headers: { ...recorded.headers, 'content-length': String(OWN_CHECKS.length) },
      body: OWN_CHECKS,
    })),
    why: 'the recorded server ran without priority and fairness; the checks are those of one that was started without flags',
  },
  {
    rows: ['GET /.well-known/openid-configuration anonymous'],
    ours: whenAllowed(({ recorded }) => {
      const info = resolveRequestInfo('GET', '/.well-known/openid-configuration');
      const body = encodeStatus(forbidden(attributesOf(info, anonymousUser), ''));
      return {
        status: 403,
        headers: {
          ...recorded.headers,
          'cache-control': 'no-cache, private',
          'x-content-type-options': 'nosniff',
          'content-length': String(Buffer.byteLength(body)),
        },
        body,
      };
    }),
    why: "the recorded cluster had a binding for it that is not one of Kubernetes' defaults",
  },
];

/** A difference of the rows that kube-apiserver answered with what was asked for. */
function whenAllowed(ours: (row: Row) => Partial<WireAnswer>): (row: Row) => Partial<WireAnswer> {
  return (row) => (row.status === 200 ? ours(row) : {});
}

function ourVersion(recorded: string): string {
  const { major, minor, gitVersion, buildDate } = JSON.parse(recorded) as Record<string, string>;
  return JSON.stringify({
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    buildDate,
    gitCommit: '',
    gitTreeState: 'clean',
    goVersion: `node${process.versions.node}`,
    compiler: 'v8',
    platform: `${process.platform}/${process.arch}`,
  });
}

/** @param open opens a gateway with one of the recorded configurations */
export function replayBearer(
  open: (configuration: string) => Promise<BearerDoor>,
  { probes, noHttp }: Front,
): void {
  describe('ways to present credentials, byte for byte as a real kube-apiserver 1.35.3 took them', () => {
    it('are all there, and every listed difference is about some of them', () => {
      expect(rows).toHaveLength(279);
      expect(rows.filter(({ config }) => !CONFIGURATIONS.includes(config))).toEqual([]);
      const names = new Set(rows.map(({ name }) => name));
      const listed = DIFFERENCES.flatMap((difference) => difference.rows);
      expect(listed.filter((name) => !names.has(name))).toEqual([]);
    });
  });

  describe.each(CONFIGURATIONS)('with %s', (configuration) => {
    const own = rows.filter(({ config }) => config === configuration);
    let door: BearerDoor;
    beforeAll(async () => {
      door = await open(configuration);
    });
    afterAll(() => door?.close());

    const send = (row: Row, bytes: string) =>
      bytesOverHttp1(door.connecting(row), Buffer.from(bytes, 'latin1'));

    it.each(own.map((row) => [row.id, row.description, row] as const))('%s %s', async (...[, , row]) => {
      const answer = await send(row, row.request);
      if (probes && PROBE.test(row.request)) {
        expect([answer.status, answer.body]).toEqual([200, 'ok']);
        return;
      }
      const expected = expectedAnswer(DIFFERENCES, row, 'HTTP/1.1');
      const ours = expected === undefined || !isParserRefusal(expected) ? expected : noHttp;
      expect(comparable(unmarked(answer), 'HTTP/1.1')).toEqual(comparable(unmarked(ours), 'HTTP/1.1'));
    });

    const handshakes = own.filter(
      ({ name, request }) => /^websocket: /.test(name) && request.startsWith('POST'),
    );

    it.each(handshakes.map((row) => [row.id, row.description, row] as const))(
      '%s %s, for a stream that may be had over a WebSocket',
      async (...[, , row]) => {
        const { status, body } = await send(row, asStream(row.request));
        // Where only some paths are open to everybody, this is none of them.
        const isShut = row.userInfo === undefined && configuration === 'anon-paths';
        if (row.status === 401 || isShut) {
          expect([status, body]).toEqual([401, encodeStatus(unauthorized())]);
          return;
        }
        // Nobody may, and the refusal says who it was.
        const who = `User \\"${row.userInfo?.username ?? anonymousUser.username}\\" cannot get`;
        expect([status, body]).toEqual([403, expect.stringContaining(who)]);
      },
    );
  });
}

const isParserRefusal = ({ status, body }: WireAnswer) =>
  status === PARSER_REFUSAL.status && body === PARSER_REFUSAL.body;

/** A certificate's mark is its own, for the recorded ones are not here; and so is the embedded API's version. */
function unmarked(answer: WireAnswer): WireAnswer {
  const body = answer.body
    .replace(/X509SHA256=[0-9a-f]{64}/, 'X509SHA256=…')
    .replace(/\+sallyport-[\w.-]+(?=")/, '');
  return { ...answer, body };
}

/** The same credentials, for a pod's log. */
function asStream(request: string): string {
  const [head = ''] = request.split('\r\n\r\n');
  const [, ...lines] = head.split('\r\n').filter((line) => !/^content-/i.test(line));
  return ['GET /api/v1/namespaces/default/pods/web/log HTTP/1.1', ...lines, '', ''].join('\r\n');
}

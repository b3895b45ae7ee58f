import { describe, expect, it } from 'vitest';
import {
  createAuthenticator,
  createTokenAuthenticator,
  type KeySource,
} from '../../../src/gateway/authenticate/index.ts';
import { type ReplayConfiguration, readRows, replayConfiguration } from './recorded.ts';

interface Row {
  id: string;
  category: string;
  description: string;
  config: string;
  status: number;
  token: string | null;
  tokenLength?: number;
  /** Seconds since 1970. */
  now: number;
  userInfo?: { username?: string; uid?: string; groups: string[]; extra?: Record<string, string[]> };
  error?: string;
}

/** Accepted by kube-apiserver, refused here on purpose: rule, reason, rows. */
const stricter: readonly (readonly [rule: string, reason: string, rows: string])[] = [
  [
    'empty username',
    'nobody is nobody',
    'username-002 username-037 username-067 email-035 email-036 legacy-009 legacy-018 legacy-027 legacy-036 legacy-054 legacy-072',
  ],
  [
    'reserved system: name',
    'people are not Kubernetes components',
    'username-010 username-012 username-013 groups-041 groups-044 groups-078 groups-079 system-003 system-004 system-005',
  ],
  [
    'control character in a name',
    'would break an Impersonate-* header or a log line',
    'username-007 username-046 username-047 groups-055',
  ],
  [
    'blank at an end of a name',
    'a header would lose it and change the name',
    'username-003 username-042 uid-022 split-012',
  ],
  ['ill-formed Unicode', 'would be replaced silently', 'json-030 json-032'],
  ['duplicate member', 'two readers may take different ones', 'json-001 json-002 json-004 json-007 json-017'],
  ['registered claim in another spelling', 'only Go reads EXP as exp', 'json-009 json-010 json-013 json-047'],
  ['white space inside a part', 'one token must have one text', 'structure-018 structure-023 structure-042'],
  ['nbf beyond every clock', 'an overflow is not the past', 'time-044'],
  ['crit', 'RFC 7515 §4.1.11: never empty or null; no extension is understood', 'header-013 header-017'],
  ['embedded key', 'a token never brings its own key', 'kid-018'],
  ['typ that is no JWT', 'RFC 8725 §3.11', 'header-009'],
  ['PSS salt length', 'RFC 7518 §3.5: as long as the hash', 'sig-015 sig-016'],
  ['algorithm other than the alg of the JWK', 'RFC 8725 §3.1', 'alg-002 alg-003 alg-007 keyset-011'],
  ['JWK for encryption', 'RFC 7517 §4.2', 'keyset-010'],
  ['RSA below 2048 bits', 'factorable', 'keyset-019'],
  [
    'more than 16 KiB',
    'bounded work before the signature',
    'json-038 size-002 size-003 size-004 size-005 size-010 size-011 size-012 size-014 size-015 size-016',
  ],
  ['distributed claims', 'not supported: they trust issuers that nobody configured', 'distributed-004'],
];

/** Refused by kube-apiserver, accepted here on purpose. */
const looser: readonly (readonly [rule: string, reason: string, rows: string])[] = [
  [
    'unusable key beside the good one',
    'is skipped and does not lock everybody out',
    'keyset-027 keyset-028 keyset-030',
  ],
  ['malformed certificate members of a JWK', 'are not read', 'keyset-031 keyset-033'],
];

/** Refused by both, for another reason (one of the rules above comes first, or our parser says it differently). */
const otherReason: readonly (readonly [reason: string, rows: string])[] = [
  ['duplicate or folded members are found first', 'json-005 json-006 json-008 json-015 json-016 json-046'],
  ['embedded keys are refused first', 'kid-016 kid-017 kid-023 kid-024 kid-025'],
  ['a reserved name instead of an anonymous 403', 'username-011 system-002'],
  ['too large instead of too deep, or instead of a 431', 'json-039 size-007'],
  ['the base64 of header or signature is checked first', 'sig-008'],
  ['the base64 of the payload is checked first', 'structure-044'],
  ['a header that is null or empty is malformed', 'header-046 structure-017'],
  ['1e400 is JSON and reads as infinity', 'time-021'],
  ['there are no service-account tokens here', 'iss-019'],
  ['required claims are checked in the order of the configuration, not in a random one', 'rules-032'],
];

const rowsOf = (table: readonly (readonly string[])[]): Set<string> =>
  new Set(table.flatMap((line) => (line.at(-1) ?? '').split(' ')));
const strict = rowsOf(stricter);
const loose = rowsOf(looser);
const otherwise = rowsOf(otherReason);

const configurations = new Map<string, ReplayConfiguration>();
function configurationOf(name: string): ReplayConfiguration {
  const known = configurations.get(name) ?? replayConfiguration(name);
  configurations.set(name, known);
  return known;
}

const rows = readRows<Row>('tokens.jsonl');

function authenticate(row: Row) {
  const { configuration } = configurationOf(row.config);
  let { issuers } = configurationOf(row.config);
  if (row.id === 'keyset-040') {
    // The recorded answer with these keys was a 500: the keys were never known.
    const keys: KeySource = {
      keysFor: () => undefined,
      refetchedKeysFor: () => undefined,
      generation: () => 0,
    };
    issuers = issuers.map((issuer) => ({ ...issuer, keys }));
  }
  const tokenAuthenticator = createTokenAuthenticator({ issuers, now: () => row.now * 1000 });
  const token = row.token ?? 'x'.repeat(row.tokenLength ?? 0);
  return createAuthenticator({ configuration, tokenAuthenticator })(
    ['Authorization', `Bearer ${token}`],
    '/',
  );
}

/** Reasons up to where details differ: times of the recording, Go's JSON and base64 parsers. */
const detailed = [
  'oidc: verify token: oidc: malformed jwt: ',
  'oidc: verify token: oidc: current time ',
  'oidc: could not expand distributed claims: ',
];

function cause(text: string): string {
  const inner = text.replace(/^\[invalid bearer token, (.*)\]$/s, '$1');
  const start = detailed.find((prefix) => inner.startsWith(prefix));
  return (
    start ??
    inner
      // A time that overflows, as Go prints it and as a number.
      .replace(/Token Expiry: (\d{12}-.*|[\d.]+e\+\d+|\d{13,})\)$/, 'Token Expiry: never)')
      .replace(/json: (invalid number literal|cannot unmarshal string into .*idToken\.exp ).*$/s, 'json: exp')
  );
}

describe('tokens, as recorded from kube-apiserver', () => {
  it.each(rows.map((row) => [row.id, row.config, row.description, row] as const))(
    '%s %s: %s',
    (...[id, , , row]) => {
      const outcome = authenticate(row);
      if (outcome instanceof Promise) throw new Error('answered with a promise');
      const accepted = loose.has(id) || (row.status === 201 && !strict.has(id));
      if (strict.has(id)) expect(row.status).toBe(201);
      if (loose.has(id)) expect(row.status).toBe(401);
      expect(outcome.outcome).toBe(accepted ? 'authenticated' : 'unauthorized');
      if (outcome.outcome === 'authenticated' && !loose.has(id))
        expect(outcome.user).toEqual({ username: '', ...row.userInfo });
      const compared = row.error !== undefined && id !== 'keyset-040' && !otherwise.has(id) && !loose.has(id);
      if (outcome.outcome === 'unauthorized' && compared)
        expect(cause(outcome.reason)).toBe(cause(row.error ?? ''));
    },
  );

  it('replays all', () => {
    expect(rows.length).toBe(748);
  });

  it('lists no row that was not recorded, and none twice', () => {
    const listed = [...stricter, ...looser, ...otherReason].flatMap((line) => (line.at(-1) ?? '').split(' '));
    const ids = new Set(rows.map(({ id }) => id));
    expect(listed.filter((id, index) => !ids.has(id) || listed.indexOf(id) !== index)).toEqual([]);
  });
});

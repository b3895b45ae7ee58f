import { createAuthenticator, createTokenAuthenticator } from '../../../src/gateway/authenticate/index.ts';
import type { KeySource } from '../../../src/jwt/index.ts';
import { type ReplayConfiguration, readRows, replayConfiguration } from './recorded.ts';

export interface TokenRow {
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

function rowsOf(table: readonly (readonly string[])[]): Set<string> {
  const listed = table.flatMap((line) => (line.at(-1) ?? '').split(' '));
  const rows = new Set(listed);
  if (rows.size < listed.length) throw new Error('a row is listed twice');
  return rows;
}
/** Accepted by kube-apiserver and refused here. */
export const strictRows: ReadonlySet<string> = rowsOf(stricter);
/** Refused by kube-apiserver and accepted here. */
export const looseRows: ReadonlySet<string> = rowsOf(looser);
export const otherReasonRows: ReadonlySet<string> = rowsOf(otherReason);

const configurations = new Map<string, ReplayConfiguration>();
function configurationOf(name: string): ReplayConfiguration {
  const known = configurations.get(name) ?? replayConfiguration(name);
  configurations.set(name, known);
  return known;
}

/** The recorded answer with this one's keys was a 500: they were never known. */
export const UNKNOWN_KEYS = 'keyset-040';

/** Tokens, as recorded from kube-apiserver. */
export const tokenRows = readRows<TokenRow>('tokens.jsonl');

/**
 * What the gateway makes of a recorded token.
 * @param now seconds since 1970; when it was recorded, unless it is said otherwise
 */
export function authenticateRecorded(row: TokenRow, now = row.now) {
  const { configuration } = configurationOf(row.config);
  let { issuers } = configurationOf(row.config);
  if (row.id === UNKNOWN_KEYS) {
    const keys: KeySource = {
      keysFor: () => undefined,
      refetchedKeysFor: () => undefined,
      generation: () => 0,
    };
    issuers = issuers.map((issuer) => ({ ...issuer, keys }));
  }
  const tokenAuthenticator = createTokenAuthenticator({ issuers, now: () => now * 1000 });
  const token = row.token ?? 'x'.repeat(row.tokenLength ?? 0);
  return createAuthenticator({ configuration, tokenAuthenticator })(
    ['Authorization', `Bearer ${token}`],
    '/',
  );
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Where a row is tested. Files of `e2e` run against the started product. */
type Tested = readonly string[];
/** Why a row is not, or not here. */
type Reason = { readonly because: string };

const HTTP1 = 'e2e/raw-http1.test.ts';
const ROWS1 = 'e2e/support/malformed-http1.ts';
const HTTP2 = 'e2e/raw-http2.test.ts';
const ROWS2 = 'e2e/support/malformed-http2.ts';
const TARGETS = 'e2e/raw-targets.test.ts';
const ROWS_OF_TARGETS = 'e2e/support/ambiguous-targets.ts';
const HEADERS = 'e2e/raw-headers.test.ts';
const IDENTITY = 'e2e/raw-service-identity.test.ts';
const UPGRADES = 'e2e/raw-upgrades.test.ts';
const TUNNELS = 'e2e/raw-tunnels.test.ts';
const BROKEN = 'e2e/raw-broken-connections.test.ts';
const FAULTS = 'e2e/faults.test.ts';
const ANSWERS = 'e2e/raw-answers.test.ts';
const LIMITS = 'e2e/limits.test.ts';
const SERVICES = 'e2e/raw-services.test.ts';
const SERVICES2 = 'e2e/raw-services-http2.test.ts';
/** Over HTTP/1.1 in the clear and in TLS, and over HTTP/2. */
const ADVICE = 'e2e/raw-forward-auth.test.ts';

/** HTTP/2 has frames where HTTP/1.1 has this; that its framing holds is S-182. */
const of1 = (...files: string[]): Tested => files;

/**
 * The rows of the test catalogue's classes I to N, with the tests that carry their ids. Files whose tables run over both
 * protocols are named once.
 */
const ROWS: Readonly<Record<string, Tested | Reason>> = {
  'S-166': of1(ROWS1, ADVICE),
  'S-167': of1(ROWS1),
  'S-168': of1(HTTP1, ROWS1),
  'S-169': of1(ROWS1),
  'S-170': of1(ROWS1),
  'S-171': of1(ROWS1),
  'S-172': of1(ROWS1, TARGETS),
  'S-173': [HTTP1, ROWS1, HTTP2, ROWS2],
  'S-174': of1(HTTP1, ROWS1),
  'S-175': of1(ROWS1),
  'S-176': [HTTP1, HTTP2, SERVICES2, ADVICE],
  'S-177': [HTTP1, HTTP2, SERVICES2],
  'S-178': [HTTP1, HTTP2, SERVICES, SERVICES2, ADVICE],
  'S-179': [HTTP1, HTTP2, UPGRADES, SERVICES, SERVICES2, ADVICE],
  'S-180': [HTTP1, HTTP2, SERVICES2],
  'S-181': [HTTP1, ROWS1, ROWS2],
  'S-182': [HTTP2, SERVICES2, ADVICE],
  'S-183': ['e2e/raw-mutations.test.ts'],
  'S-184': { because: 'what goes up is built anew in one form, whoever reads it: S-183, S-185' },
  'S-185': of1(HTTP1, ROWS1),
  'S-186': [FAULTS],
  'S-187': [ROWS1, ROWS2, SERVICES, ADVICE],
  'S-188': [TARGETS],
  'S-189': [ROWS_OF_TARGETS],
  'S-190': [ROWS_OF_TARGETS],
  'S-191': [ROWS_OF_TARGETS],
  'S-192': [ROWS_OF_TARGETS],
  'S-193': [ROWS_OF_TARGETS],
  'S-194': [ROWS_OF_TARGETS],
  'S-195': [TARGETS],
  'S-196': [ROWS_OF_TARGETS],
  'S-197': [ROWS_OF_TARGETS],
  'S-198': [TARGETS, IDENTITY, SERVICES, ADVICE],
  'S-199': [TARGETS, 'e2e/metrics.test.ts'],
  'S-200': ['test/gateway/recorded/replay-request-info.ts'],
  'S-201': [TARGETS],
  'S-202': [TARGETS, ADVICE],
  'S-203': [TARGETS, ROWS_OF_TARGETS, ADVICE],
  'S-204': [HEADERS, IDENTITY, ADVICE],
  'S-205': of1(HEADERS, UPGRADES, IDENTITY, ADVICE),
  'S-206': [HEADERS, IDENTITY, ADVICE],
  'S-207': [HEADERS, UPGRADES, IDENTITY, ADVICE],
  'S-208': [HEADERS, UPGRADES, IDENTITY, ADVICE],
  'S-209': [HEADERS, 'e2e/credential-modes.test.ts'],
  'S-210': [HEADERS],
  'S-211': [HEADERS],
  'S-212': [HEADERS],
  'S-213': [ANSWERS],
  'S-214': [HEADERS, IDENTITY],
  'S-215': [HEADERS, SERVICES2],
  // HTTP/2 has no upgrades: S-182 refuses them there.
  'S-216': of1(UPGRADES),
  'S-217': of1(UPGRADES, SERVICES),
  'S-218': of1(UPGRADES, SERVICES),
  'S-219': of1(UPGRADES, 'e2e/upgrade-faults.test.ts'),
  'S-220': [UPGRADES, ANSWERS],
  'S-221': of1(UPGRADES, SERVICES, ADVICE),
  'S-222': of1(UPGRADES, SERVICES),
  'S-223': of1(UPGRADES),
  'S-224': of1(TUNNELS, 'e2e/upgrade-faults.test.ts'),
  'S-225': of1(BROKEN, 'e2e/upgrade-faults.test.ts'),
  'S-226': of1('e2e/revoked-streams.test.ts'),
  'S-227': of1(TUNNELS),
  'S-228': { because: 'no page opens a socket' },
  'S-229': of1(UPGRADES),
  'S-230': [BROKEN],
  'S-231': [LIMITS, SERVICES, ADVICE],
  'S-232': [LIMITS],
  'S-233': ['test/cluster/handlers/hostile-bodies.test.ts', 'test/http/parse-yaml-body.test.ts'],
  'S-234': [LIMITS, SERVICES, ADVICE, 'test/gateway/limits/guard-connections.long.test.ts'],
  'S-235': ['test/gateway/limits/guard-connections.long.test.ts'],
  'S-236': [LIMITS],
  'S-237': [LIMITS],
  'S-238': ['test/cluster/handlers/list.test.ts'],
  'S-239': ['test/regular-expressions.test.ts', 'test/gateway/authenticate/bearer-token.test.ts'],
  'S-240': { because: 'V8 seeds its hashes, and there is no table of keys besides' },
  'S-241': { because: 'no body of a request is unpacked: it goes on as it is, or is no JSON' },
  'S-242': ['e2e/raw-http2-floods.test.ts'],
  'S-243': ['e2e/raw-tls-handshake.test.ts'],
  'S-244': { because: 'of the identity provider' },
  'S-245': { because: 'of the identity provider' },
  'S-246': [LIMITS, 'test/http/event-loop-delay.test.ts', 'test/gateway/limits/shed-load.test.ts'],
  'S-247': [FAULTS],
  'S-248': [FAULTS],
  'S-249': [FAULTS],
  'S-250': [FAULTS, 'test/gateway/upstream/stalled-server.long.test.ts'],
  'S-251': [FAULTS],
  'S-252': [ANSWERS],
  'S-253': [ANSWERS],
  'S-254': [FAULTS],
  'S-255': {
    because: 'a pool belongs to one cluster and one credential, the gateway’s; callers have none there',
  },
  'S-256': ['e2e/metrics.test.ts'],
  'S-257': ['test/config/server-hosts.test.ts'],
};

const UNIT = 'test/gateway/authenticate/token-authenticator.test.ts';
/** Asked of a token authenticator, and of the started product over both protocols. */
const HOSTILE = 'test/gateway/authenticate/hostile-tokens.ts';
const WIRE = 'e2e/raw-tokens.test.ts';
const KEYS = 'test/jwt/remote-key-source.test.ts';

/** The rows of class D: tokens, and the keys that they are verified with. */
const TOKENS: Readonly<Record<string, Tested>> = {
  'S-065': [HOSTILE],
  'S-066': [HOSTILE],
  'S-067': [HOSTILE, UNIT],
  'S-068': [HOSTILE, UNIT, KEYS],
  'S-069': [HOSTILE, WIRE],
  'S-070': [HOSTILE, WIRE, KEYS],
  'S-071': [HOSTILE],
  'S-072': [HOSTILE, UNIT],
  'S-073': [HOSTILE],
  'S-074': [HOSTILE, UNIT, WIRE],
  'S-075': [HOSTILE],
  'S-076': [HOSTILE, UNIT],
  'S-077': [HOSTILE],
  'S-078': [HOSTILE, KEYS],
  'S-079': [HOSTILE],
  'S-080': [HOSTILE, UNIT],
  'S-081': ['test/identity/keys/keys.test.ts'],
  'S-082': [UNIT, KEYS],
  'S-083': ['test/identity/keys/rotation.long.test.ts'],
  'S-084': ['test/identity/security/constant-time.test.ts'],
  'S-085': [UNIT, WIRE],
};

const DECIDED = 'test/gateway/decided-as-asked.test.ts';

/** The rows of class O: what Kubernetes means, and what it grants. */
const SEMANTICS: Readonly<Record<string, Tested>> = {
  'S-258': [
    'test/rbac/escalation-recorded.test.ts',
    'test/gateway/recorded/replay-rbac-writes.ts',
    'test/gateway/recorded/replay-escalation.ts',
  ],
  'S-259': ['test/rbac/decisions-recorded.test.ts'],
  'S-260': ['test/rbac/policy.property.long.test.ts', 'test/rbac/authorize.test.ts'],
  'S-261': [DECIDED],
  'S-262': ['test/gateway/recorded/replay-impersonation.ts', 'test/gateway/impersonate/property.test.ts'],
  'S-263': [DECIDED],
  'S-264': ['test/rbac/escalation-recorded.test.ts', 'test/gateway/recorded/replay-rbac-writes.ts'],
  'S-265': [DECIDED, 'test/kube/request-info.test.ts'],
  'S-266': [
    'test/cluster/replay.test.ts',
    'test/cluster/objects/races.test.ts',
    'test/cluster/handlers/confirm-revision.test.ts',
  ],
  'S-267': [
    'test/cluster/replay.test.ts',
    'test/kube/names.test.ts',
    'test/cluster/schema/validate/metadata.test.ts',
  ],
  'S-268': ['test/cluster/handlers/dispatch.test.ts'],
  'S-269': ['test/gateway/authenticate/authenticate.test.ts'],
  'S-270': [
    'test/gateway/delegate/delegated-authorizer.test.ts',
    'test/gateway/authenticate/token-review/token-reviewer.long.test.ts',
  ],
  'S-271': ['test/cluster/service-accounts/service-account-tokens.test.ts'],
  'S-272': ['test/cluster/handlers/secret-values.test.ts', 'e2e/audit-webhook.test.ts'],
};

/** A file without its comments: an id in one tests nothing. */
const codeOf = (file: string) =>
  readFileSync(resolve(ROOT, file), 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
    .join('\n');

describe('the rows about what comes over the wire, and what it means', () => {
  it('are all here', () => {
    const ids = Array.from({ length: 257 - 166 + 1 }, (_, index) => `S-${166 + index}`);
    expect(Object.keys(ROWS)).toEqual(ids);
    const ofTokens = Array.from({ length: 85 - 65 + 1 }, (_, index) => `S-0${65 + index}`);
    expect(Object.keys(TOKENS)).toEqual(ofTokens);
    const ofSemantics = Array.from({ length: 272 - 258 + 1 }, (_, index) => `S-${258 + index}`);
    expect(Object.keys(SEMANTICS)).toEqual(ofSemantics);
  });

  const tested = Object.entries({ ...ROWS, ...TOKENS, ...SEMANTICS }).flatMap(([id, where]) =>
    'because' in where ? [] : where.map((file) => [id, file] as const),
  );
  it.each(tested)('%s has its test in %s', (id, file) => {
    expect(codeOf(file)).toMatch(new RegExp(`['\` ]${id}\\b`));
  });
});

import type { UserInfo } from '../../kube/index.ts';
import type { JWTAuthenticator, PrefixedClaim } from './authentication-configuration.ts';
import { isObject, type JSONObject, jsonTypeOf, readMember } from './compact-jws.ts';

const authenticatedGroup = 'system:authenticated';
const credentialID = 'authentication.kubernetes.io/credential-id';
/** Kubernetes' own names. Its components and its super-users are never people with a token. */
const reservedPrefix = 'system:';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unsafeInHeader = /[\u0000-\u001f\u007f]|^\s|\s$/;

/**
 * The user that verified claims describe, `system:authenticated` included; a string says why the
 * login is refused. Order and texts are kube-apiserver's: username, email_verified, groups, uid,
 * credential id, required claims (distributed claims come first).
 * Stricter than kube-apiserver: an empty username, a reserved `system:` name (refused, not stripped:
 * whoever configured such a claim must notice), and a name that would not survive an Impersonate-*
 * header unchanged (control characters, blanks at the ends: " system:masters" would arrive as another
 * name than the one that was checked) are refused. Distributed claims are not fetched.
 */
export function claimsToUser(claims: JSONObject, authenticator: JWTAuthenticator): UserInfo | string {
  const { claimMappings, claimValidationRules } = authenticator;
  const groupsClaim = claimMappings.groups?.claim;
  if (groupsClaim !== undefined && isDistributed(claims, groupsClaim)) {
    return `oidc: could not expand distributed claims: not supported (claim ${JSON.stringify(groupsClaim)})`;
  }
  const username = readUsername(claims, claimMappings.username);
  if (username.problem !== undefined) return username.problem;
  const groups =
    claimMappings.groups === undefined ? { values: [] } : readGroups(claims, claimMappings.groups);
  if (groups.problem !== undefined) return groups.problem;
  const uid =
    claimMappings.uid === undefined
      ? { text: '' }
      : readText(claims, claimMappings.uid.claim, 'parse uid claim');
  if (uid.problem !== undefined) return uid.problem;
  const jti = readMember(claims, 'jti');
  for (const { claim, requiredValue } of claimValidationRules) {
    const problem = requiredClaimProblem(claims, claim, requiredValue);
    if (problem !== undefined) return problem;
  }
  const user: UserInfo = {
    username: username.text,
    groups: [...groups.values, authenticatedGroup],
    ...(uid.text === '' ? {} : { uid: uid.text }),
    ...(typeof jti === 'string' && jti !== '' ? { extra: { [credentialID]: [`JTI=${jti}`] } } : {}),
  };
  return (
    nameProblem(user.username, 'username') ??
    groupsProblem(groups.values) ??
    nameFormProblem(uid.text, 'uid') ??
    nameFormProblem(typeof jti === 'string' ? jti : '', 'jti') ??
    user
  );
}

type Text = { readonly text: string; readonly problem?: undefined } | { readonly problem: string };
type Texts =
  | { readonly values: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

function readUsername(claims: JSONObject, { claim, prefix }: PrefixedClaim): Text {
  const value = readText(claims, claim, 'parse username claims');
  if (value.problem !== undefined) return value;
  if (claim === 'email') {
    // An address that the issuer has not verified is whatever its holder typed. Absent passes.
    const verified = readMember(claims, 'email_verified');
    if (verified === false || verified === null) return { problem: 'oidc: email not verified' };
    if (verified !== undefined && verified !== true) {
      return { problem: `oidc: parse 'email_verified' claim: ${cannotUnmarshal(verified, 'bool')}` };
    }
  }
  if (value.text === '') return { problem: `oidc: username claim ${JSON.stringify(claim)} is empty` };
  return { text: prefix + value.text };
}

function readGroups(claims: JSONObject, { claim, prefix }: PrefixedClaim): Texts {
  const value = readMember(claims, claim);
  if (value === undefined || value === null) return { values: [] };
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  // A null member is Go's zero value.
  const texts = items.map((item) => (item === null ? '' : item));
  if (!texts.every((item) => typeof item === 'string')) {
    return {
      problem: `oidc: parse groups claim ${JSON.stringify(claim)}: ${cannotUnmarshal(value, 'string')}`,
    };
  }
  return { values: texts.map((text) => prefix + text) };
}

/** OpenID Connect Core §5.6.2: the claim is elsewhere and not here. A source without an endpoint is an aggregated one, which nobody reads. */
function isDistributed(claims: JSONObject, claim: string): boolean {
  if (readMember(claims, claim) !== undefined) return false;
  const names = readMember(claims, '_claim_names');
  const sources = readMember(claims, '_claim_sources');
  const name = isObject(names) ? readMember(names, claim) : undefined;
  const source = isObject(sources) && typeof name === 'string' ? readMember(sources, name) : undefined;
  return isObject(source) && (readMember(source, 'endpoint') ?? '') !== '';
}

/** A claim that must exist and be a string; null reads as "", as in Go. */
function readText(claims: JSONObject, claim: string, doing: string): Text {
  const value = readMember(claims, claim);
  const problem = (why: string): Text => ({ problem: `oidc: ${doing} ${JSON.stringify(claim)}: ${why}` });
  if (value === undefined) return problem('claim not present');
  if (value === null) return { text: '' };
  return typeof value === 'string' ? { text: value } : problem(cannotUnmarshal(value, 'string'));
}

function requiredClaimProblem(claims: JSONObject, claim: string, wanted: string): string | undefined {
  const value = readMember(claims, claim);
  if (value === undefined) return `oidc: required claim ${claim} not present in ID token`;
  const text = value === null ? '' : value;
  if (typeof text !== 'string') return `oidc: parse claim ${claim}: ${cannotUnmarshal(value, 'string')}`;
  if (text === wanted) return undefined;
  return `oidc: required claim ${claim} value does not match. Got = ${text}, want = ${wanted}`;
}

function groupsProblem(groups: readonly string[]): string | undefined {
  for (const group of groups) {
    const problem = nameProblem(group, 'group');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function nameProblem(name: string, what: string): string | undefined {
  if (name.startsWith(reservedPrefix))
    return `oidc: ${what} ${JSON.stringify(name)} is reserved (${reservedPrefix})`;
  return nameFormProblem(name, what);
}

function nameFormProblem(name: string, what: string): string | undefined {
  if (!name.isWellFormed()) return `oidc: ${what} is not well-formed Unicode`;
  if (unsafeInHeader.test(name))
    return `oidc: ${what} ${JSON.stringify(name)} has control characters or blanks at its ends`;
  return undefined;
}

function cannotUnmarshal(value: unknown, goType: string): string {
  return `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${goType}`;
}

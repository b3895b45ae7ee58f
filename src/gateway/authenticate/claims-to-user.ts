import { CelError, type CelProgram, textsOf } from '../../cel/index.ts';
import { isObject, type JSONObject, jsonTypeOf, readMember } from '../../jwt/index.ts';
import type { UserInfo } from '../../kube/index.ts';
import type {
  ClaimMappings,
  JWTAuthenticator,
  PrefixedClaim,
  ValidationRule,
} from './authentication-configuration.ts';

const authenticatedGroup = 'system:authenticated';
const credentialID = 'authentication.kubernetes.io/credential-id';
/** Kubernetes' own names. Its components and its super-users are never people with a token. */
const reservedPrefix = 'system:';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unsafeInHeader = /[\u0000-\u001f\u007f]|^\s|\s$/;

/**
 * The user that verified claims describe, `system:authenticated` included; a string says why the
 * login is refused. Order and texts are kube-apiserver's: username, email_verified, groups, uid,
 * credential id, extra, required claims, rules of claims, rules of the user (distributed claims come first).
 * Stricter than kube-apiserver: an empty username, a reserved `system:` name (refused, not stripped:
 * whoever configured such a claim must notice), and a name that would not survive an Impersonate-*
 * header unchanged (control characters, blanks at the ends: " system:masters" would arrive as another
 * name than the one that was checked) are refused. Distributed claims are not fetched.
 */
export function claimsToUser(claims: JSONObject, authenticator: JWTAuthenticator): UserInfo | string {
  const { claimMappings, claimValidationRules, userValidationRules = [] } = authenticator;
  const { groups: groupsMapping } = claimMappings;
  const groupsClaim =
    groupsMapping !== undefined && 'claim' in groupsMapping ? groupsMapping.claim : undefined;
  if (groupsClaim !== undefined && isDistributed(claims, groupsClaim)) {
    return `oidc: could not expand distributed claims: not supported (claim ${JSON.stringify(groupsClaim)})`;
  }
  const username = mapUsername(claims, claimMappings.username);
  if (username.problem !== undefined) return username.problem;
  const groups = mapGroups(claims, groupsMapping);
  if (groups.problem !== undefined) return groups.problem;
  const uid = mapUID(claims, claimMappings.uid);
  if (uid.problem !== undefined) return uid.problem;
  const extra = mapExtra(claims, claimMappings.extra);
  if (typeof extra === 'string') return extra;
  const problem = claimRulesProblem(claims, claimValidationRules);
  if (problem !== undefined) return problem;
  const user = { username: username.text, uid: uid.text, groups: groups.values, extra };
  return (
    rulesProblem(user, userValidationRules, 'user info validation rule') ??
    userProblem(user) ??
    withoutEmpty(user)
  );
}

interface MappedUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Members in Kubernetes' order, in which a SelfSubjectReview shows them. */
function withoutEmpty({ username, uid, groups, extra }: MappedUser): UserInfo {
  return {
    username,
    ...(uid === '' ? {} : { uid }),
    groups: [...groups, authenticatedGroup],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function mapUsername(claims: JSONObject, mapping: ClaimMappings['username']): Text {
  if ('claim' in mapping) return readUsername(claims, mapping);
  const text = evaluateText(claims, mapping.program, 'username');
  if (text.problem !== undefined || text.text !== '') return text;
  return { problem: 'oidc: empty username via CEL expression is not allowed' };
}

function mapGroups(claims: JSONObject, mapping: ClaimMappings['groups']): Texts {
  if (mapping === undefined) return { values: [] };
  if ('claim' in mapping) return readGroups(claims, mapping);
  const doing = 'oidc: error evaluating group claim expression: ';
  const result = evaluate(mapping.program, claims, doing);
  if (result.problem !== undefined) return result;
  const values = textsOf(result.value);
  return values === undefined ? { problem: `${doing}${neitherText}` } : { values };
}

function mapUID(claims: JSONObject, mapping: ClaimMappings['uid']): Text {
  if (mapping === undefined) return { text: '' };
  if ('claim' in mapping) return readText(claims, mapping.claim, 'parse uid claim');
  return evaluateText(claims, mapping.program, 'uid');
}

/** The credential id and the mapped values; a string is the refusal. Keys without values are left out. */
function mapExtra(
  claims: JSONObject,
  mappings: ClaimMappings['extra'] = [],
): Readonly<Record<string, readonly string[]>> | string {
  const jti = readMember(claims, 'jti');
  const extra: Record<string, readonly string[]> = {};
  if (typeof jti === 'string' && jti !== '') extra[credentialID] = [`JTI=${jti}`];
  for (const { key, program } of mappings) {
    const result = evaluate(program, claims, '');
    if (result.problem !== undefined) return result.problem;
    const values = textsOf(result.value);
    if (values === undefined) {
      return `oidc: error evaluating extra claim expression: ${program.expression}: ${neitherText}`;
    }
    if (values.length > 0) extra[key] = values;
  }
  return extra;
}

const neitherText = 'expression must return a string or a list of strings';

function claimRulesProblem(
  claims: JSONObject,
  rules: JWTAuthenticator['claimValidationRules'],
): string | undefined {
  for (const rule of rules) {
    if ('program' in rule) continue;
    const problem = requiredClaimProblem(claims, rule.claim, rule.requiredValue);
    if (problem !== undefined) return problem;
  }
  const expressions = rules.filter((rule) => 'program' in rule);
  return rulesProblem(claims, expressions, 'claim validation expression');
}

/** All are evaluated before any is judged: one that fails to evaluate is reported before one that is false. */
function rulesProblem(variable: object, rules: readonly ValidationRule[], what: string): string | undefined {
  const doing = `oidc: error evaluating ${what}: `;
  const results = rules.map(({ program }) => evaluate(program, variable, doing));
  const failed = results.find((result) => result.problem !== undefined);
  if (failed !== undefined) return failed.problem;
  const broken = rules.find((_, index) => results[index]?.value !== true);
  if (broken === undefined) return undefined;
  return `${doing}validation expression '${broken.program.expression}' failed: ${broken.message}`;
}

type Evaluated =
  | { readonly value: unknown; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string };

function evaluate(program: CelProgram, variable: object, doing: string): Evaluated {
  try {
    return { value: program.evaluate(variable) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { problem: `${doing}expression '${program.expression}' resulted in error: ${error.message}` };
  }
}

function evaluateText(claims: JSONObject, program: CelProgram, what: 'username' | 'uid'): Text {
  const doing = `oidc: error evaluating ${what} claim expression: `;
  const result = evaluate(program, claims, doing);
  if (result.problem !== undefined) return result;
  if (typeof result.value === 'string') return { text: result.value };
  return { problem: `${doing}${what} claim expression must return a string` };
}

/** The rules that are ours, for names from claims and from expressions alike. */
function userProblem({ username, uid, groups, extra }: MappedUser): string | undefined {
  const problem = nameProblem(username, 'username') ?? groupsProblem(groups) ?? nameFormProblem(uid, 'uid');
  if (problem !== undefined) return problem;
  for (const [key, values] of Object.entries(extra)) {
    const what = key === credentialID ? 'jti' : `extra ${key}`;
    for (const value of values) {
      const found = nameFormProblem(value, what);
      if (found !== undefined) return found;
    }
  }
  return undefined;
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

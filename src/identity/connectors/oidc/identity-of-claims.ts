import { RE2JS } from 're2js';
import type { UpstreamIdentity } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { NewGroupFromClaims, OIDCClaimOptions } from './oidc-options.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** Of an id there, a name, an e-mail address or a group: what is longer is no name. */
const longest = 255;
const mostGroups = 1000;

/** Names that Kubernetes gives: nobody's directory may hand them out. */
const RESERVED_GROUPS = 'system:';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

const refuse = (why: string) => new ConnectorError('refused', why);

function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** A claim's text; undefined where it is none, or empty. */
function textOf(claims: Claims, name: string): string | undefined {
  const value = own(claims, name);
  if (typeof value !== 'string' || value === '') return undefined;
  if (value.length > longest || CONTROL.test(value)) throw refuse(`the claim ${name} is no name`);
  return value;
}

/**
 * Who claims are about, by Dex's rules; stricter where Dex lets something pass that is no name, or drops a group in silence.
 * Source: dexidp/dex connector/oidc/oidc.go (createIdentity).
 * @throws ConnectorError `refused`
 */
export function identityOfClaims(claims: Claims, options: OIDCClaimOptions): UpstreamIdentity {
  const { claimMapping = {}, userIDKey = 'sub', userNameKey = 'name', scopes } = options;
  /** The usual claim, or what stands for it. */
  const mapped = (usual: string, other: string | undefined) =>
    other !== undefined && (options.overrideClaimMapping || textOf(claims, usual) === undefined)
      ? textOf(claims, other)
      : textOf(claims, usual);
  const needed = (name: string) => {
    const value = textOf(claims, name);
    if (value === undefined) throw refuse(`there is no claim ${name}`);
    return value;
  };
  const asksEmail = scopes?.includes('email') ?? true;
  const email = mapped('email', claimMapping.email);
  if (email === undefined && asksEmail) throw refuse('there is no claim email');
  const said = own(claims, 'email_verified');
  const emailVerified = typeof said === 'boolean' ? said : options.insecureSkipEmailVerified;
  if (typeof said !== 'boolean' && !options.insecureSkipEmailVerified && asksEmail)
    throw refuse('there is no claim email_verified that is true or false');
  return {
    userId: needed(userIDKey),
    name: needed(userNameKey),
    preferredUsername: mapped('preferred_username', claimMapping.preferred_username),
    email: email ?? '',
    emailVerified,
    groups: groupsOf(claims, options),
  };
}

function groupsOf(claims: Claims, options: OIDCClaimOptions): readonly string[] {
  const { allowedGroups, claimModifications: changes } = options;
  const named = options.insecureEnableGroups ? claimedGroups(claims, options) : [];
  const filter = changes?.filterGroupClaims?.groupsFilter;
  const pattern = filter === undefined ? undefined : RE2JS.compile(filter);
  const passing = pattern === undefined ? named : named.filter((group) => pattern.matcher(group).find());
  const allowed = new Set(allowedGroups);
  const counting = allowed.size === 0 ? passing : passing.filter((group) => allowed.has(group));
  if (allowed.size > 0 && counting.length === 0) throw refuse('in none of allowedGroups');
  const made = (changes?.newGroupFromClaims ?? []).map((rule) => madeGroup(claims, rule));
  const { prefix = '', suffix = '' } = changes?.modifyGroupNames ?? {};
  const groups = [...new Set([...counting, ...made].map((group) => prefix + group + suffix))];
  const reserved = groups.find((group) => group.startsWith(RESERVED_GROUPS));
  if (reserved !== undefined) throw refuse(`a group cannot begin with ${RESERVED_GROUPS}`);
  return groups;
}

/** @throws ConnectorError for a list that is not wholly there: who is left out of a group may be let in by that */
function claimedGroups(claims: Claims, { claimMapping, overrideClaimMapping }: OIDCClaimOptions) {
  const other = claimMapping?.groups;
  const usual = own(claims, 'groups');
  const isUsual = other === undefined || (usual !== undefined && !overrideClaimMapping);
  const name = isUsual ? 'groups' : other;
  const elsewhere = own(claims, '_claim_names');
  if (typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, name))
    throw refuse(`the claim ${name} is too long for a token, and is kept elsewhere`);
  const value = own(claims, name);
  const list = typeof value === 'string' ? [value] : (value ?? []);
  if (!Array.isArray(list) || list.length > mostGroups)
    throw refuse(`the claim ${name} is no list of groups`);
  return list.map((one: unknown) => nameOfGroup(one, name));
}

/** A text, or an object with a name, as some providers have it. */
function nameOfGroup(one: unknown, claim: string): string {
  const group: unknown = typeof one === 'object' && one !== null ? own(one as Claims, 'name') : one;
  if (typeof group !== 'string' || group === '' || group.length > longest || CONTROL.test(group))
    throw refuse(`the claim ${claim} is no list of groups`);
  return group;
}

function madeGroup(
  claims: Claims,
  { claims: names, delimiter, clearDelimiter, prefix }: NewGroupFromClaims,
): string {
  const values = names.flatMap((name) => {
    const value = textOf(claims, name);
    if (value === undefined) return [];
    return clearDelimiter && delimiter !== '' ? value.replaceAll(delimiter, '') : value;
  });
  return [prefix, ...values].join(delimiter);
}

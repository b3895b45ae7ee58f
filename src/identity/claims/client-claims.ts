import { CelError, jsonOf } from '../../cel/index.ts';
import type { Account } from '../accounts/accounts.ts';
import type { ClientPolicy } from './client-policy.ts';
import { scopeClaims } from './scope-claims.ts';
import { localConnector, type Subjects } from './subjects.ts';

/** Why an account gets no token for a client. */
export type Refusal =
  | { readonly reason: 'connector'; readonly client: string; readonly connector: string }
  | { readonly reason: 'groups'; readonly client: string; readonly allowedGroups: readonly string[] }
  /** `message` is for the person; undefined when the rule could not be worked out, and then `problem` says why. */
  | {
      readonly reason: 'rule';
      readonly client: string;
      readonly rule: number;
      readonly message: string | undefined;
      readonly problem: string | undefined;
    }
  | { readonly reason: 'audience'; readonly client: string; readonly scope: string }
  | {
      readonly reason: 'expression';
      readonly client: string;
      readonly claim: string;
      readonly problem: string;
    };

/** Everything that a client may be told of an account, before its scopes are looked at. */
export interface ClientClaims {
  readonly refusal?: undefined;
  /** @returns the claims that the scopes stand for, and those of the client's own */
  within(scopes: ReadonlySet<string>): Readonly<Record<string, unknown>>;
  /** What a claim comes from, in words. */
  origin(claim: string): string;
}

/** Names that Kubernetes gives: nobody's directory may hand them out. */
const RESERVED_GROUPS = 'system:';

/** What some claims must be (OpenID Connect Core §5.1; `groups` as in Dex). */
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  groups: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  email_verified: (value) => typeof value === 'boolean',
  ...Object.fromEntries(['email', 'name', 'preferred_username'].map((claim) => [claim, isText])),
};

/**
 * What a client is told of an account: its own claims, with the groups that the client's filter lets through, changed and
 * added to by the client's mappings. A claim that a scope stands for still needs the scope.
 * A mapping without a value is nobody's good luck: the account is refused.
 */
export function clientClaims(
  account: Account,
  client: { readonly id: string; readonly policy: ClientPolicy },
  subjects: Subjects,
): ClientClaims | { readonly refusal: Refusal } {
  const { id, policy } = client;
  const refusal = admissionRefusal(account, client, subjects);
  if (refusal !== undefined) return { refusal };
  const passing = account.groups.filter((group) => policy.passesFilter(group));
  const groups = passing.length === account.groups.length ? account.groups : passing;
  const own = ownClaims(account, groups, subjects);
  const mapped = new Map<string, unknown>();
  for (const { claim, program } of policy.mappings) {
    try {
      mapped.set(claim, checked(claim, jsonOf(program.evaluate(own))));
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      return { refusal: { reason: 'expression', client: id, claim, problem: error.message } };
    }
  }
  const all = { ...own, ...Object.fromEntries(mapped) };
  return {
    within: (scopes) =>
      Object.fromEntries(
        Object.entries(all).filter(
          ([claim, value]) => value !== undefined && isAsked(claim, scopes, mapped.has(claim)),
        ),
      ),
    origin: (claim) => {
      const index = policy.mappings.findIndex((mapping) => mapping.claim === claim);
      if (index >= 0) return `claimMappings[${index}]`;
      return claim === 'groups' && own['groups'] !== account.groups
        ? 'the account, by groupFilter'
        : 'the account';
    },
  };
}

/** Why the account may not sign in to the client: it is in none of the groups that may, or a rule does not hold for it. */
export function admissionRefusal(
  account: Account,
  { id, policy }: { readonly id: string; readonly policy: ClientPolicy },
  subjects: Subjects,
): Refusal | undefined {
  const { allowedGroups, rules } = policy;
  const connector = connectorOf(account);
  if (!policy.allowsConnector(connector)) return { reason: 'connector', client: id, connector };
  if (allowedGroups !== undefined && !allowedGroups.some((group) => account.groups.includes(group)))
    return { reason: 'groups', client: id, allowedGroups };
  if (rules.length === 0) return undefined;
  // All groups, as above: what is told to the client is another matter.
  const claims = ownClaims(account, account.groups, subjects);
  for (const [rule, { program, message }] of rules.entries()) {
    const refusal = (told: string | undefined, problem?: string): Refusal => {
      return { reason: 'rule', client: id, rule, message: told, problem };
    };
    try {
      if (program.evaluate(claims) !== true) return refusal(message);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      return refusal(undefined, error.message);
    }
  }
  return undefined;
}

function ownClaims(account: Account, groups: readonly string[], subjects: Subjects): Record<string, unknown> {
  return {
    sub: subjects.subjectOf(account.id),
    email: account.email,
    email_verified: account.emailVerified,
    name: account.name,
    ...(account.preferredUsername === undefined ? {} : { preferred_username: account.preferredUsername }),
    groups,
    federated_claims: { connector_id: connectorOf(account), user_id: account.upstream?.userId ?? account.id },
  };
}

/** Dex's id for where the account is kept. */
export function connectorOf({ upstream }: Pick<Account, 'upstream'>): string {
  return upstream?.connector ?? localConnector;
}

/** @throws CelError when the claim must not be that */
function checked(claim: string, value: unknown): unknown {
  const result = claim === 'groups' && typeof value === 'string' ? [value] : value;
  if (result === undefined) return undefined;
  if (TYPES[claim]?.(result) === false) throw new CelError(`the claim ${claim} cannot be that`);
  if (
    claim === 'groups' &&
    (result as readonly string[]).some((group) => group.startsWith(RESERVED_GROUPS))
  ) {
    throw new CelError(`a group cannot begin with ${RESERVED_GROUPS}`);
  }
  return result;
}

const scopeOf: ReadonlyMap<string, string> = new Map(
  Object.entries(scopeClaims).flatMap(([scope, claims]) => claims.map((claim) => [claim, scope] as const)),
);

function isAsked(claim: string, scopes: ReadonlySet<string>, mapped: boolean): boolean {
  const scope = scopeOf.get(claim);
  return claim === 'sub' || (scope === undefined ? mapped : scopes.has(scope));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

import { createStaticAccounts, type StaticAccount } from '../accounts/static-accounts.ts';
import { createClientConfigs } from '../clients/client-configs.ts';
import { kubectlClientId } from '../clients/client-metadata.ts';
import type { ClientConfig, StaticPassword } from '../identity-deps.ts';
import { audiencesFor } from './audiences.ts';
import type { Refusal } from './client-claims.ts';
import { createClientPolicies, policyOf } from './client-policies.ts';
import { firstPartyScopes } from './scope-claims.ts';
import { createSubjects, type SubjectEncoding } from './subjects.ts';

export interface PreviewDeps {
  readonly issuer: string;
  readonly clients: readonly ClientConfig[];
  readonly passwords: readonly StaticPassword[];
  readonly subjectEncoding: SubjectEncoding;
}

export interface PreviewQuestion {
  readonly client: string;
  /** E-mail address, username or id. */
  readonly user: string;
  readonly scopes: readonly string[];
}

/** What an ID token would say, claim by claim, or why there would be none. */
export type Preview =
  | { readonly unknown: 'client' | 'user' }
  | { readonly refusal: Refusal }
  | {
      readonly claims: Readonly<Record<string, unknown>>;
      /** By claim: what it comes from. */
      readonly origins: Readonly<Record<string, string>>;
    };

/**
 * Does what a sign-in does with an account of the configuration, without one.
 * @throws ClientPolicyError, AccountConflictError
 */
export function previewClaims(deps: PreviewDeps, { client, user, scopes }: PreviewQuestion): Preview {
  const { issuer, clients, passwords } = deps;
  const configured = clients.some(({ id }) => id === client);
  if (!configured && client !== kubectlClientId) return { unknown: 'client' };
  const account = findAccount(passwords, user);
  if (account === undefined) return { unknown: 'user' };
  for (const one of clients) policyOf(one);
  const policies = createClientPolicies(createClientConfigs(clients), createSubjects(deps.subjectEncoding));
  const judged = policies.judge(account, client, scopes);
  if (judged.refusal !== undefined) return { refusal: judged.refusal };
  const audiences = audiencesFor(client, scopes);
  const issued = {
    iss: issuer,
    aud: audiences.length === 1 ? client : audiences,
    ...(audiences.length === 1 ? {} : { azp: client }),
  };
  const told = judged.within(new Set([...scopes, ...(configured ? [] : firstPartyScopes)]));
  const origins = Object.keys(told).map((claim) => [claim, judged.origin(claim)]);
  return {
    claims: { ...issued, ...told },
    origins: {
      ...Object.fromEntries(Object.keys(issued).map((claim) => [claim, 'the issuer'])),
      ...Object.fromEntries(origins),
    },
  };
}

function findAccount(passwords: readonly StaticPassword[], user: string): StaticAccount | undefined {
  const accounts = createStaticAccounts(passwords);
  return accounts.byLogin(user) ?? accounts.byId(user);
}

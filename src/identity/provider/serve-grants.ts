import type Provider from 'oidc-provider';
import type { Expiring } from '../../store/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import type { Subjects } from '../claims/subjects.ts';
import { clientCredentialsGrant, serveClientCredentials } from '../client-credentials/client-credentials.ts';
import { deviceCodeGrant } from '../device/device-code-grant.ts';
import { createPollLimit, type PollRecord } from '../device/poll-limit.ts';
import { slowDownPolls } from '../device/slow-down.ts';
import { passwordGrant } from '../password-grant/grant-type.ts';
import { type PasswordGrantDeps, servePasswordGrant } from '../password-grant/password-grant.ts';
import { serveTokenExchange } from '../token-exchange/token-exchange.ts';
import { tokenExchangeGrant } from '../token-exchange/token-types.ts';
import type { Lifetimes } from './lifetimes.ts';
import type { SecondFactorDeps } from './second-factor-prompt.ts';

export interface ServeGrantsDeps {
  /** Those that are served. */
  readonly grantTypes: readonly string[];
  readonly accounts: Accounts;
  readonly policies: ClientPolicies;
  readonly subjects: Subjects;
  readonly lifetimes: Lifetimes;
  readonly secondFactor: Pick<SecondFactorDeps, 'factors'>;
  readonly passwords: PasswordGrantDeps;
  readonly polls: Expiring<PollRecord>;
  /** Ids of sessions that ended before their time. */
  readonly ended: Expiring<true>;
  now(): number;
}

/** Adds to the provider's grant types what it does not know, or not well enough. */
export function serveGrants(provider: Provider, deps: ServeGrantsDeps): void {
  const { grantTypes, accounts, policies, subjects, lifetimes, now } = deps;
  if (grantTypes.includes(deviceCodeGrant))
    slowDownPolls(provider, createPollLimit({ records: deps.polls, now }));
  if (grantTypes.includes(clientCredentialsGrant))
    serveClientCredentials(provider, { accounts, lifetimes, now });
  if (grantTypes.includes(passwordGrant)) servePasswordGrant(provider, deps.passwords);
  if (grantTypes.includes(tokenExchangeGrant))
    serveTokenExchange(provider, {
      accounts,
      policies,
      subjects,
      secondFactor: deps.secondFactor,
      lifetimes,
      isEnded: async (sessionId) => (await deps.ended.get(sessionId)) !== undefined,
      now,
    });
}

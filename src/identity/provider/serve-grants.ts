import type Provider from 'oidc-provider';
import type { Expiring } from '../../store/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import type { Subjects } from '../claims/subjects.ts';
import { serveClientCredentials } from '../client-credentials/client-credentials.ts';
import { createPollLimit, type PollRecord } from '../device/poll-limit.ts';
import { slowDownPolls } from '../device/slow-down.ts';
import { type PasswordGrantDeps, servePasswordGrant } from '../password-grant/password-grant.ts';
import { serveTokenExchange } from '../token-exchange/token-exchange.ts';
import type { Lifetimes } from './lifetimes.ts';
import type { SecondFactorDeps } from './second-factor-prompt.ts';

export interface ServeGrantsDeps {
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

/** Adds to the provider's grant types what it does not know, or not well enough. Which of all are served is said elsewhere. */
export function serveGrants(provider: Provider, deps: ServeGrantsDeps): void {
  const { accounts, policies, subjects, lifetimes, now } = deps;
  slowDownPolls(provider, createPollLimit({ records: deps.polls, now }));
  serveClientCredentials(provider, { accounts, lifetimes, now });
  servePasswordGrant(provider, deps.passwords);
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

import { type OpenAccounts, openAccounts } from './accounts/open-accounts.ts';
import type { IdentityAudit, IdentityEvent } from './audit/index.ts';
import { upstreamOf } from './claims/subjects.ts';
import { createAskAgain } from './connectors/ask-again.ts';
import { createCheckNames } from './connectors/check-names.ts';
import type { UpstreamIdentity } from './connectors/connector.ts';
import { type OpenUpstream, openUpstream } from './connectors/open-upstream.ts';
import { createFactorRecords } from './factors/factor-records.ts';
import { type OpenFactors, openFactors } from './factors/open-factors.ts';
import type { IdentityDeps } from './identity-deps.ts';
import type { State } from './open-state.ts';
import type { Settings } from './settings.ts';

export interface OpenPeopleDeps {
  readonly config: Pick<
    IdentityDeps,
    'store' | 'passwords' | 'accounts' | 'connectors' | 'mfa' | 'log' | 'now'
  >;
  readonly settings: Pick<
    Settings,
    'issuer' | 'frontend' | 'sealer' | 'configs' | 'lifetimes' | 'offersLocal'
  >;
  readonly state: Pick<State, 'keys' | 'sessions'>;
  readonly audit: IdentityAudit;
}

/** Who can sign in, and by what. */
export interface People {
  readonly local: OpenAccounts;
  readonly factors: OpenFactors;
  readonly upstream: OpenUpstream;
  /** @throws ConnectorError for somebody who may not be called so here */
  checkNames(identity: UpstreamIdentity): Promise<void>;
  /**
   * Asks the connector of somebody whether they may still come in.
   * @throws UpstreamUnavailableError
   */
  askAgain(accountId: string): Promise<boolean>;
}

/** @throws AccountConflictError, FactorConfigError, SealedValueError */
export async function openPeople({ config, settings, state, audit }: OpenPeopleDeps): Promise<People> {
  const { store, log, now } = config;
  const { issuer, frontend } = settings;
  const { keys, sessions } = state;
  const records = createFactorRecords(store, settings.sealer);
  const secret = keys.addresses();
  const endAllOf = (accountId: string) => sessions.service.endAllOf(accountId, { cause: 'account' });
  const upstream = await openUpstream({
    store,
    configs: config.connectors ?? [],
    sealer: settings.sealer,
    lifetimes: settings.lifetimes,
    log,
    endAllOf,
    now,
  });
  const local = await openAccounts({
    store,
    passwords: config.passwords,
    config: config.accounts ?? {},
    upstream: upstream.people.account,
    offersLocal: settings.offersLocal,
    context: () => [frontend.name(), new URL(issuer).hostname],
    secret,
    audit,
    log,
    forget: records.remove,
    endAllOf,
    now,
  });
  const factors = await openFactors({
    issuer,
    name: frontend.name,
    store,
    records,
    config: config.mfa ?? {},
    clients: settings.configs,
    accounts: local.accounts,
    throttle: local.throttle,
    audit,
    endAllOf,
    secret,
    secrets: keys.forms,
    now,
  });
  const checkNames = createCheckNames(local.accounts);
  const { people, connectors } = upstream;
  const askAgain = createAskAgain({
    people,
    connectors,
    log,
    checkNames,
    now,
    async refused(accountId, { fault }) {
      await audit.record(refusal(accountId, fault, now()));
      await endAllOf(accountId);
    },
  });
  return { local, factors, upstream, checkNames, askAgain };
}

function refusal(accountId: string, reason: string, at: number): IdentityEvent {
  return {
    action: 'connector.refuse',
    actor: undefined,
    subject: accountId,
    client: undefined,
    address: undefined,
    result: 'failure',
    reason,
    detail: `connector:${upstreamOf(accountId)?.connector ?? ''}`,
    requestId: undefined,
    at,
  };
}

import { type OpenAccounts, openAccounts } from './accounts/open-accounts.ts';
import type { IdentityAudit } from './audit/index.ts';
import { createFactorRecords } from './factors/factor-records.ts';
import { type OpenFactors, openFactors } from './factors/open-factors.ts';
import type { IdentityDeps } from './identity-deps.ts';
import type { State } from './open-state.ts';
import type { Settings } from './settings.ts';

export interface OpenPeopleDeps {
  readonly config: Pick<IdentityDeps, 'store' | 'passwords' | 'accounts' | 'mfa' | 'log' | 'now'>;
  readonly settings: Pick<Settings, 'issuer' | 'frontend' | 'sealer' | 'configs'>;
  readonly state: Pick<State, 'keys' | 'sessions'>;
  readonly audit: IdentityAudit;
}

/** Who can sign in, and by what. */
export interface People {
  readonly local: OpenAccounts;
  readonly factors: OpenFactors;
}

/** @throws AccountConflictError, FactorConfigError, SealedValueError */
export async function openPeople({ config, settings, state, audit }: OpenPeopleDeps): Promise<People> {
  const { store, log, now } = config;
  const { issuer, frontend } = settings;
  const { keys, sessions } = state;
  const records = createFactorRecords(store, settings.sealer);
  const secret = keys.addresses();
  const endAllOf = (accountId: string) => sessions.service.endAllOf(accountId, { cause: 'account' });
  const local = await openAccounts({
    store,
    passwords: config.passwords,
    config: config.accounts ?? {},
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
  return { local, factors };
}

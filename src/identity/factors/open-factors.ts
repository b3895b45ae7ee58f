import { createExpiring, type Expiring, type Store } from '../../store/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Throttle } from '../accounts/sign-in/throttle.ts';
import type { IdentityAudit } from '../audit/index.ts';
import { createChallenges } from './challenges.ts';
import { createEnrolment, type Enrolment } from './enrolment.ts';
import { createFactorCheck, type FactorCheck } from './factor-check.ts';
import { createFactorLimit } from './factor-limit.ts';
import type { FactorRecords } from './factor-records.ts';
import { createFactors, type Factors } from './factors.ts';
import type { FactorKind } from './methods.ts';
import { createRelyingParty, isPasskeyOrigin, type RelyingParty } from './relying-party.ts';
import { type ChainedClients, createFactorPolicy, type FactorPolicy, type MfaConfig } from './requirement.ts';

/** Everything about second factors that the other rooms of this door need. */
export interface OpenFactors {
  readonly service: Factors;
  readonly records: FactorRecords;
  readonly check: FactorCheck;
  readonly enrolment: Enrolment;
  readonly relyingParty: RelyingParty;
  readonly policy: FactorPolicy;
  /** The kinds that somebody can enrol here. */
  readonly usable: readonly FactorKind[];
  /** The name of the service in authenticator apps. */
  totpIssuer(): string;
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
}

export interface OpenFactorsDeps {
  readonly issuer: string;
  /** Of the service. */
  name(): string;
  readonly store: Store;
  readonly records: FactorRecords;
  readonly config: Partial<MfaConfig>;
  readonly clients: ChainedClients;
  readonly accounts: Accounts;
  readonly throttle: Throttle;
  readonly audit: IdentityAudit;
  /** Ends every session and grant of an account. */
  endAllOf(accountId: string): Promise<unknown>;
  /** Behind the handles of accounts; always the same. */
  readonly secret: string;
  /** Behind the challenges. */
  secrets(): readonly string[];
  now(): number;
}

/** A configuration of second factors that cannot be served as it stands. */
export class FactorConfigError extends Error {
  readonly code = 'SP_IDENTITY_FACTOR_CONFIG';
}

/** @throws FactorConfigError when passkeys are demanded where browsers make none; SealedValueError */
export async function openFactors(deps: OpenFactorsDeps): Promise<OpenFactors> {
  const { issuer, store, records, audit, now } = deps;
  const { authenticators = [], defaultMFAChain = [], requiredForGroups = [] } = deps.config;
  if (!isPasskeyOrigin(issuer) && authenticators.some(({ type }) => type === 'WebAuthn'))
    throw new FactorConfigError(
      `browsers make no passkeys for ${issuer}: WebAuthn needs an issuer whose host is a name, over https or localhost`,
    );
  await records.sealAnew();
  const used = createExpiring<true>(store, { prefix: 'identity/factor-challenges/', now });
  const buckets = createExpiring<number>(store, { prefix: 'identity/factor-limit/', now });
  const proven = createExpiring<true>(store, { prefix: 'identity/factor-proven/', now });
  const configOf = (kind: FactorKind) => authenticators.find(({ type }) => type === kind)?.config ?? {};
  const relyingParty = createRelyingParty({
    issuer,
    name: deps.name,
    challenges: createChallenges({ used, secrets: deps.secrets, now }),
    secret: deps.secret,
    config: configOf('WebAuthn'),
  });
  return {
    service: createFactors({ records, audit, endAllOf: deps.endAllOf, now }),
    records,
    check: createFactorCheck({
      records,
      limit: createFactorLimit({ throttle: deps.throttle, buckets, proven, now }),
      relyingParty,
      audit,
      async signsInHere(accountId) {
        const account = await deps.accounts.byId(accountId);
        return account !== undefined && account.upstream === undefined;
      },
      now,
    }),
    enrolment: createEnrolment({ records, relyingParty, audit, now }),
    relyingParty,
    policy: createFactorPolicy({ authenticators, defaultMFAChain, requiredForGroups }, deps.clients),
    usable: relyingParty.usable ? ['WebAuthn', 'TOTP'] : ['TOTP'],
    totpIssuer: () => configOf('TOTP').issuer ?? deps.name(),
    expiring: [used, buckets, proven],
  };
}

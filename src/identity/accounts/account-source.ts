import { localConnector } from '../claims/subjects.ts';
import type { FactorKind } from '../factors/methods.ts';
import type { StaticAccounts } from './static-accounts.ts';
import type { UserRecords } from './users/user-records.ts';

/** Where accounts are kept, and how people come in with them. */
export interface AccountSource {
  /** What Dex calls the connector: as `federated_claims` name it, and a client's `allowedConnectors`. */
  readonly id: string;
  /** Accounts of the configuration, which are changed there alone. */
  readonly fixed: number;
  /** Users that are kept here. */
  readonly stored: number;
  /** Factors that somebody can have beside a password. A passkey can also be the first. */
  readonly factors: readonly FactorKind[];
}

export interface AccountSourcesDeps {
  statics(): StaticAccounts;
  readonly records: Pick<UserRecords, 'count'>;
}

/**
 * All sources that there are: the local accounts. No other identity provider is asked for anybody, so a sign-in begins with no
 * choice of one; and a client's `allowedConnectors` are refused when the configuration is read, unless they are empty or this one.
 */
export async function accountSources(
  { statics, records }: AccountSourcesDeps,
  factors: readonly FactorKind[],
): Promise<readonly AccountSource[]> {
  return [{ id: localConnector, fixed: statics().all.length, stored: await records.count(), factors }];
}

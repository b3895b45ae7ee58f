import { localConnector } from '../claims/subjects.ts';
import type { OpenUpstream } from '../connectors/open-upstream.ts';
import type { FactorKind } from '../factors/methods.ts';
import type { StaticAccounts } from './static-accounts.ts';
import type { UserRecords } from './users/user-records.ts';

/** Where accounts are kept, and how people come in with them. */
export interface AccountSource {
  /** What Dex calls the connector: as `federated_claims` name it, and a client's `allowedConnectors`. */
  readonly id: string;
  /** Of a connector: what its button says, its type, and whether it does not answer now. */
  readonly connector?: { readonly name: string; readonly type: string; readonly isAway: boolean } | undefined;
  /** Accounts of the configuration, which are changed there alone. */
  readonly fixed: number;
  /** Users that are kept here; of a connector, those of its people of whom something is kept. */
  readonly stored: number;
  /** Factors that somebody can have beside a password. A passkey can also be the first. */
  readonly factors: readonly FactorKind[];
}

export interface AccountSourcesDeps {
  statics(): StaticAccounts;
  readonly records: Pick<UserRecords, 'count'>;
}

/** The accounts that are kept here. */
export async function accountSources(
  { statics, records }: AccountSourcesDeps,
  factors: readonly FactorKind[],
): Promise<readonly AccountSource[]> {
  return [{ id: localConnector, fixed: statics().all.length, stored: await records.count(), factors }];
}

/** And those that are kept elsewhere. Of people from there a passkey is never the first factor. */
export function connectorSources(
  { connectors, count }: Pick<OpenUpstream, 'connectors' | 'count'>,
  factors: readonly FactorKind[],
): Promise<readonly AccountSource[]> {
  return Promise.all(
    connectors.list().map(async (one) => {
      const { id, name, type } = one;
      const connector = { name, type, isAway: one.isAway() };
      return { id, connector, fixed: 0, stored: await count(id), factors };
    }),
  );
}

import type { Account } from '../accounts/accounts.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import type { WaitingDevice } from './device-codes.ts';

/** Why a device would get nothing for a person: the groups that they would have to be in, where that is the reason. */
export interface NotAdmitted {
  readonly groups: readonly string[] | undefined;
}

/** What redeeming the code would find, told before the person decides; undefined when nothing is in the way. */
export function notAdmitted(
  policies: ClientPolicies,
  account: Account,
  { client, scopes }: Pick<WaitingDevice, 'client' | 'scopes'>,
): NotAdmitted | undefined {
  const { refusal } = policies.judge(account, client.clientId, scopes);
  if (refusal === undefined) return undefined;
  return { groups: refusal.reason === 'groups' ? refusal.allowedGroups : undefined };
}

import type { Account } from '../accounts/accounts.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import { type ToldRefusal, toldRefusal } from '../claims/told-refusal.ts';
import type { WaitingDevice } from './device-codes.ts';

/** Why a device would get nothing for a person, as redeeming the code would find, told before the person decides; undefined when nothing is in the way. */
export function notAdmitted(
  policies: ClientPolicies,
  account: Account,
  { client, scopes }: Pick<WaitingDevice, 'client' | 'scopes'>,
): ToldRefusal | undefined {
  const { refusal } = policies.judge(account, client.clientId, scopes);
  return refusal === undefined ? undefined : toldRefusal(refusal);
}

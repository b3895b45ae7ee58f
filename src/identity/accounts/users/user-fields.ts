import { clientUsernamePrefix, longestLogin, normalizeLogin } from '../login.ts';
import { workOf } from '../passwords/hash-work.ts';
import { checkTextField, refuseField } from '../text-field.ts';

export interface UserFields {
  readonly email: string;
  readonly name: string;
  readonly preferredUsername?: string | undefined;
}

/** @throws AccountError `invalid`, with the field */
export function checkUserFields({ email, name, preferredUsername }: UserFields): void {
  checkTextField('email', email, longestLogin);
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) refuseField('email', 'is no e-mail address');
  checkTextField('name', name);
  if (preferredUsername === undefined) return;
  checkTextField('preferredUsername', preferredUsername);
  if (preferredUsername === '') refuseField('preferredUsername', 'is empty');
  if (normalizeLogin(preferredUsername).startsWith(clientUsernamePrefix))
    refuseField('preferredUsername', `must not begin with ${clientUsernamePrefix}`);
}

/** A check costs everybody what the costliest hash costs: one that was imported must not make all sign-ins slow. */
const bcryptCosts = { least: 10, most: 14 };
const argon2Work = { least: 12_288, most: 131_072 };

/** @throws AccountError `invalid` for a hash that sign-ins cannot or should not be checked against */
export function checkHash(hash: string): void {
  const { bcryptCost, argon2 } = workOf(hash);
  if (bcryptCost >= bcryptCosts.least && bcryptCost <= bcryptCosts.most) return;
  if (argon2 >= argon2Work.least && argon2 <= argon2Work.most) return;
  refuseField(
    'hash',
    `is neither bcrypt of cost ${bcryptCosts.least} to ${bcryptCosts.most} nor argon2id of one lane and ${argon2Work.least} to ${argon2Work.most} KiB times passes`,
  );
}

import type { StaticAccount } from '../static-accounts.ts';
import type { User } from './user.ts';
import type { UserRecord } from './user-records.ts';

/** A stored user without its secrets. */
export function fromStored({ id, revision, user }: UserRecord): User {
  const { hash, reset: _reset, ...rest } = user;
  return {
    id,
    ...rest,
    preferredUsername: rest.preferredUsername,
    passwordChangedAt: rest.passwordChangedAt,
    hasPassword: hash !== undefined,
    source: 'stored',
    revision,
  };
}

/** An account of the configuration file, seen as a user. */
export function fromStatic({ hash: _hash, ...account }: StaticAccount): User {
  return {
    ...account,
    disabled: false,
    mustChangePassword: false,
    hasPassword: true,
    createdAt: undefined,
    updatedAt: undefined,
    passwordChangedAt: undefined,
    source: 'static',
    revision: 0,
  };
}

import { AccountError } from '../account-error.ts';
import { loginsOf, normalizeLogin } from '../login.ts';
import type { StaticAccounts } from '../static-accounts.ts';
import type { StoredUser } from './user.ts';
import type { UserFields } from './user-fields.ts';
import type { Also, UserRecord, UserRecords } from './user-records.ts';

/** What a change makes of a user, and what goes with it. */
export interface Edited extends Also {
  readonly user: StoredUser;
}

/** Read, edit, compare-and-set: the one way in which stored users change. */
export interface UserChanges {
  /** @throws AccountError `readOnly`, `notFound`, `changed` */
  mustRead(id: string, ifRevision?: number): Promise<UserRecord>;
  /**
   * @param edit called anew with the newest record as often as somebody else was faster
   * @throws AccountError `readOnly`, `notFound`, `changed`, `taken`, and what `edit` throws
   */
  change(
    id: string,
    edit: (record: UserRecord) => Promise<Edited> | Edited,
    ifRevision?: number,
  ): Promise<UserRecord>;
  /** @throws AccountError `taken` when a static account has one of the logins */
  mustNotBeStatic(fields: Pick<UserFields, 'email' | 'preferredUsername'>): void;
}

export interface UserChangesDeps {
  readonly records: UserRecords;
  statics(): StaticAccounts;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function createUserChanges({ records, statics, now }: UserChangesDeps): UserChanges {
  async function mustRead(id: string, ifRevision?: number): Promise<UserRecord> {
    if (statics().byId(id) !== undefined)
      throw new AccountError('readOnly', `account ${id} is in the configuration file; change it there`);
    const record = await records.read(id);
    if (record === undefined) throw new AccountError('notFound', `there is no user ${id}`);
    if (ifRevision !== undefined && record.revision !== ifRevision)
      throw new AccountError('changed', `user ${id} has changed since revision ${ifRevision}`);
    return record;
  }

  return {
    mustRead,
    async change(id, edit, ifRevision) {
      for (;;) {
        const before = await mustRead(id, ifRevision);
        const { user, ...also } = await edit(before);
        const written = await records.write(id, before, { ...user, updatedAt: now() }, also);
        if (written !== undefined) return written;
      }
    },
    mustNotBeStatic(fields) {
      for (const login of loginsOf(fields)) {
        if (statics().byLogin(login) === undefined) continue;
        throw new AccountError('taken', `an account of the configuration file can sign in as ${login}`, {
          field: login === normalizeLogin(fields.email) ? 'email' : 'preferredUsername',
        });
      }
    },
  };
}

import { randomUUID } from 'node:crypto';
import type { StoreWatch } from '../../../store/index.ts';
import { type Actor, audited, type IdentityAudit } from '../../audit/index.ts';
import { AccountError } from '../account-error.ts';
import { type AccountWatchHandlers, mapChanges } from '../account-watch.ts';
import type { GroupRecords } from '../groups/group-records.ts';
import { type AccountPage, type PageOptions, pageLimit, toPage } from '../paging.ts';
import type { PasswordPolicy } from '../passwords/password-policy.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { hostOf } from '../sign-in/host-of.ts';
import type { StaticAccounts } from '../static-accounts.ts';
import type { AccountEndings } from './account-endings.ts';
import type { StoredUser, User } from './user.ts';
import type { UserChanges } from './user-changes.ts';
import { checkHash, checkUserFields } from './user-fields.ts';
import type { UserRecords } from './user-records.ts';
import { fromStatic, fromStored } from './user-view.ts';

export interface NewUser {
  readonly email: string;
  /** Default: true, as the operator says whose it is. */
  readonly emailVerified?: boolean | undefined;
  /** Default: the username, else the e-mail address. */
  readonly name?: string | undefined;
  readonly preferredUsername?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
  /** Without one nobody can sign in until one is set, or a reset is handed out. */
  readonly password?: string | undefined;
  /** Instead of a password: its hash, by bcrypt of cost 10 to 14 (as Dex has it) or argon2id. */
  readonly hash?: string | undefined;
  readonly mustChangePassword?: boolean | undefined;
  readonly lastApplied?: string | undefined;
}

export interface UserChange {
  readonly email?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly name?: string | undefined;
  /** null takes it away. */
  readonly preferredUsername?: string | null | undefined;
  readonly groups?: readonly string[] | undefined;
  /** null takes it away. */
  readonly lastApplied?: string | null | undefined;
}

/**
 * The accounts that this product keeps itself, shown together with the static ones of the configuration file, which
 * cannot be changed here. Every refusal is an AccountError, and every change is in the audit trail. `ifRevision` refuses
 * with `changed` when the user is at another revision; without it the newest one is changed.
 */
export interface Users {
  /** @throws AccountError `taken`, `invalid`, `passwordRefused`, `busy`; `notFound` for a group */
  create(spec: NewUser, by: Actor): Promise<User>;
  /**
   * What `create` would give, as things stand: the same refusals, nothing is written or recorded.
   * @throws AccountError as `create`
   */
  tryCreate(spec: NewUser, by: Actor): Promise<User>;
  /** @throws AccountError `notFound` */
  get(id: string): Promise<User>;
  /**
   * By e-mail address or username, however capitalised or composed.
   * @throws AccountError `notFound`
   */
  find(login: string): Promise<User>;
  /** Static accounts too, in the order of their ids. */
  list(options?: PageOptions): Promise<AccountPage<User>>;
  /** Tells every change after a revision of the store; static accounts do not change. */
  watch(after: number, handlers: AccountWatchHandlers<User>): StoreWatch;
  /**
   * What is undefined stays as it is.
   * @throws AccountError `notFound`, `readOnly`, `changed`, `taken`, `invalid`
   */
  update(id: string, change: UserChange, by: Actor, ifRevision?: number): Promise<User>;
  /**
   * What `update` would give, as things stand: the same refusals, nothing is written or recorded.
   * @throws AccountError as `update`
   */
  tryUpdate(id: string, change: UserChange, ifRevision?: number): Promise<User>;
  /**
   * Ends all that the account has going; it cannot sign in, as if it were not there.
   * @throws AccountError `notFound`, `readOnly`, `changed`
   */
  disable(id: string, by: Actor, ifRevision?: number): Promise<User>;
  /** @throws AccountError `notFound`, `readOnly`, `changed` */
  enable(id: string, by: Actor, ifRevision?: number): Promise<User>;
  /**
   * Ends all that the account has going. Its id is never given to anybody again.
   * @throws AccountError `notFound`, `readOnly`, `changed`
   */
  delete(id: string, by: Actor, ifRevision?: number): Promise<void>;
}

export interface UsersDeps {
  readonly records: UserRecords;
  readonly changes: UserChanges;
  readonly groups: GroupRecords;
  readonly policy: PasswordPolicy;
  readonly passwords: Passwords;
  readonly audit: IdentityAudit;
  readonly endings: AccountEndings;
  statics(): StaticAccounts;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function createUsers(deps: UsersDeps): Users {
  const { records, changes, groups, policy, passwords, endings, statics, now } = deps;

  /** The hash to begin with; undefined where no password is given. */
  async function firstHash(
    { password, hash }: NewUser,
    owner: StoredUser,
    by: Actor,
  ): Promise<string | undefined> {
    if (hash !== undefined) checkHash(hash);
    if (password === undefined) return hash;
    if (hash !== undefined)
      throw new AccountError('invalid', 'expected a password or its hash, not both', { field: 'hash' });
    await policy.check(password, owner);
    return passwords.hash(password, hostOf(by));
  }

  async function prepare(spec: NewUser, by: Actor): Promise<StoredUser> {
    const { email, preferredUsername } = spec;
    const blank: StoredUser = {
      email,
      emailVerified: spec.emailVerified ?? true,
      name: spec.name ?? preferredUsername ?? email,
      ...(preferredUsername === undefined ? {} : { preferredUsername }),
      groups: [...new Set(spec.groups)],
      disabled: spec.disabled ?? false,
      mustChangePassword: spec.mustChangePassword ?? false,
      ...(spec.lastApplied === undefined ? {} : { lastApplied: spec.lastApplied }),
      createdAt: now(),
      updatedAt: now(),
    };
    checkUserFields(blank);
    changes.mustNotBeStatic(blank);
    const hash = await firstHash(spec, blank, by);
    return hash === undefined ? blank : { ...blank, hash, passwordChangedAt: now() };
  }

  async function create(spec: NewUser, by: Actor): Promise<User> {
    const user = await prepare(spec, by);
    const id = randomUUID();
    for (;;) {
      const written = await records.write(id, undefined, user, {
        conditions: await groups.mustExist(user.groups),
      });
      if (written !== undefined) return fromStored(written);
    }
  }

  async function edit(user: StoredUser, change: UserChange) {
    const { preferredUsername = user.preferredUsername, lastApplied = user.lastApplied, ...rest } = change;
    const { preferredUsername: _old, lastApplied: _before, ...others } = user;
    const edited: StoredUser = {
      ...others,
      email: rest.email ?? user.email,
      emailVerified: rest.emailVerified ?? user.emailVerified,
      name: rest.name ?? user.name,
      groups: [...new Set(rest.groups ?? user.groups)],
      ...(preferredUsername === undefined || preferredUsername === null ? {} : { preferredUsername }),
      ...(lastApplied === undefined || lastApplied === null ? {} : { lastApplied }),
    };
    checkUserFields(edited);
    changes.mustNotBeStatic(edited);
    const added = edited.groups.filter((group) => !user.groups.includes(group));
    return { user: edited, conditions: await groups.mustExist(added) };
  }

  async function find(login: string): Promise<User> {
    const fixed = statics().byLogin(login);
    if (fixed !== undefined) return fromStatic(fixed);
    const record = await records.find(login);
    if (record === undefined) throw new AccountError('notFound', `nobody signs in as ${login}`);
    return fromStored(record);
  }

  return {
    create: (spec, by) =>
      audited(
        deps,
        { action: 'user.create', by },
        () => create(spec, by),
        ({ id }) => id,
      ),
    async tryCreate(spec, by) {
      const user = await prepare(spec, by);
      const id = randomUUID();
      await records.check(id, undefined, user);
      await groups.mustExist(user.groups);
      return fromStored({ id, revision: 0, user });
    },
    async get(id) {
      const fixed = statics().byId(id);
      return fixed === undefined ? fromStored(await changes.mustRead(id)) : fromStatic(fixed);
    },
    find,
    async list(options = {}) {
      const limit = pageLimit(options);
      const { after } = options;
      const { found: stored, revision } = await records.list({
        limit: limit + 1,
        ...(after === undefined ? {} : { after }),
        ...(options.revision === undefined ? {} : { revision: options.revision }),
      });
      const fixed = statics().all.filter(({ id }) => after === undefined || byBytes(id, after) > 0);
      const found = [...fixed.map(fromStatic), ...stored.map(fromStored)].sort((a, b) => byBytes(a.id, b.id));
      return toPage(found, revision, limit, ({ id }) => id);
    },
    watch: (after, handlers) => records.watch(after, mapChanges(fromStored, handlers)),
    update: (id, change, by, ifRevision) =>
      audited(deps, { action: 'user.update', by, subject: id }, async () =>
        fromStored(await changes.change(id, ({ user }) => edit(user, change), ifRevision)),
      ),
    async tryUpdate(id, change, ifRevision) {
      const before = await changes.mustRead(id, ifRevision);
      const { user } = await edit(before.user, change);
      await records.check(id, before, user);
      return fromStored({ ...before, user });
    },
    disable: (id, by, ifRevision) =>
      audited(deps, { action: 'user.disable', by, subject: id }, async () => {
        const disabled = await changes.change(
          id,
          ({ user: { reset: _reset, ...user } }) => ({
            user: { ...user, disabled: true },
            writes: endings.intend(id),
          }),
          ifRevision,
        );
        await endings.complete(id);
        return fromStored(disabled);
      }),
    enable: (id, by, ifRevision) =>
      audited(deps, { action: 'user.enable', by, subject: id }, async () =>
        fromStored(
          await changes.change(id, ({ user }) => ({ user: { ...user, disabled: false } }), ifRevision),
        ),
      ),
    delete: (id, by, ifRevision) =>
      audited(deps, { action: 'user.delete', by, subject: id }, async () => {
        while (!(await records.remove(await changes.mustRead(id, ifRevision), endings.intend(id))));
        await endings.complete(id);
      }),
  };
}

/** The order of the store's keys. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

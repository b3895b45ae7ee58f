import type { KubeObject } from '../../cluster/index.ts';
import type { Factors, LocalUsers, NewUser, User } from '../../identity/index.ts';
import { fieldError, invalid } from '../../kube/index.ts';
import { ADMIN_GROUP } from '../group.ts';
import type { AdminKind, KindPage, Writing } from '../kind.ts';
import type { Memberships } from '../memberships.ts';
import { changesOf } from './changes-of.ts';
import { idOf, nameOf } from './object-name.ts';
import { unlessNotFound } from './unless-not-found.ts';
import { userObject, userSpec } from './user-object.ts';
import { createUserActions } from './user-password.ts';
import { userType } from './user-type.ts';

export interface UsersKindDeps {
  readonly users: LocalUsers;
  readonly factors: Pick<Factors, 'reset'>;
  readonly memberships: Memberships;
  /** Where a person redeems a reset. */
  readonly resetPage: string;
}

export function createUsersKind({ users, factors, memberships, resetPage }: UsersKindDeps): AdminKind {
  /** The revision is from before the look: a watch from there may tell a change once more, and misses none. */
  async function one(look: () => Promise<User>): Promise<KindPage> {
    const { revision } = await users.list({ limit: 1 });
    const found = await unlessNotFound(look());
    return { items: found === undefined ? [] : [userObject(found)], next: undefined, revision };
  }

  /** Whoever gives somebody another login, or takes one over with an account, can be that somebody. */
  async function confirmMayWrite(wanted: KubeObject, current: KubeObject, writing: Writing): Promise<void> {
    const name = current.metadata.name ?? '';
    const [next, before] = [userSpec(wanted), userSpec(current)];
    const added = next.groups.filter((group) => !before.groups.includes(group));
    await memberships.confirmMayGive(added, { resource: 'users', name }, writing);
    const logins = loginsOf(next).filter((login) => !loginsOf(before).includes(login));
    await memberships.confirmMayName(logins, name, writing);
    if (next.email !== before.email || next.preferredUsername !== before.preferredUsername)
      await memberships.confirmMayBecome(before.groups, name, writing);
  }

  return {
    type: userType,
    async list({ limit, after, required, revision: at }) {
      const id = required('metadata.name');
      if (id !== undefined) return one(() => users.get(idOf(id)));
      const login = required('spec.email') ?? required('spec.preferredUsername');
      if (login !== undefined) return one(() => users.find(login));
      const page = await users.list({
        limit,
        after: after === undefined ? undefined : idOf(after),
        revision: at,
      });
      const { next, revision } = page;
      return {
        items: page.items.map(userObject),
        next: next === undefined ? undefined : nameOf(next),
        revision,
      };
    },
    watch: (after, handlers) => users.watch(after, changesOf(userObject, handlers)),
    async get(name) {
      const user = await unlessNotFound(users.get(idOf(name)));
      return user && userObject(user);
    },
    async create(wanted, writing) {
      confirmUnnamed(wanted);
      const spec = userSpec(wanted) satisfies NewUser;
      await memberships.confirmMayGive(spec.groups, { resource: 'users', name: '' }, writing);
      await memberships.confirmMayName(loginsOf(spec), '', writing);
      const created = writing.dryRun ? users.tryCreate(spec, writing.by) : users.create(spec, writing.by);
      return userObject(await created);
    },
    async update(wanted, current, writing) {
      await confirmMayWrite(wanted, current, writing);
      return userObject(await change(users, wanted, current, writing));
    },
    async delete({ metadata }, { by, dryRun }) {
      if (dryRun) return void (await users.tryUpdate(idOf(metadata.name ?? ''), {}));
      await users.delete(idOf(metadata.name ?? ''), by, revisionOf(metadata.resourceVersion));
    },
    actions: createUserActions({ users, factors, memberships, resetPage }),
  };
}

/** A name that is passed over would be another one at each `kubectl apply`. @throws StatusError 422 */
function confirmUnnamed({ metadata: { name = '' } }: KubeObject): void {
  if (name === '') return;
  const why = "the server gives it: leave it out and say generateName, with 'kubectl create'";
  throw invalid({ group: ADMIN_GROUP, kind: 'User' }, name, [fieldError.invalid('metadata.name', name, why)]);
}

function loginsOf({ email, preferredUsername }: Pick<NewUser, 'email' | 'preferredUsername'>): string[] {
  return preferredUsername === undefined ? [email] : [email, preferredUsername];
}

function revisionOf(resourceVersion: string | undefined): number | undefined {
  return resourceVersion === undefined ? undefined : Number(resourceVersion);
}

/**
 * Up to three steps, each at the revision that the one before has left. Disabling comes first and enabling last: what is
 * interrupted in between leaves less than was wanted, never more.
 */
async function change(
  users: LocalUsers,
  wanted: KubeObject,
  current: KubeObject,
  { by, dryRun }: Writing,
): Promise<User> {
  const id = idOf(current.metadata.name ?? '');
  const [next, before] = [userSpec(wanted), userSpec(current)];
  const { disabled, ...fields } = next;
  const changed = {
    ...fields,
    name: fields.name ?? fields.preferredUsername ?? fields.email,
    preferredUsername: fields.preferredUsername ?? null,
    lastApplied: fields.lastApplied ?? null,
  };
  const revision = revisionOf(current.metadata.resourceVersion);
  if (dryRun) return { ...(await users.tryUpdate(id, changed, revision)), disabled };
  let user = disabled && !before.disabled ? await users.disable(id, by, revision) : undefined;
  if (!isSame({ ...next, disabled: before.disabled, name: changed.name }, before))
    user = await users.update(id, changed, by, user?.revision ?? revision);
  if (!disabled && before.disabled) user = await users.enable(id, by, user?.revision ?? revision);
  return user ?? users.get(id);
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

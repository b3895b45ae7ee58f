import type { StoreWatch } from '../../../store/index.ts';
import { type Actor, audited, type IdentityAudit } from '../../audit/index.ts';
import { AccountError } from '../account-error.ts';
import { type AccountWatchHandlers, mapChanges } from '../account-watch.ts';
import { type AccountPage, type PageOptions, pageLimit, toPage } from '../paging.ts';
import type { UserRecords } from '../users/user-records.ts';
import type { Group, StoredGroup } from './group.ts';
import { createGroupLinks } from './group-links.ts';
import { checkGroupName } from './group-name.ts';
import type { GroupRecord, GroupRecords } from './group-records.ts';

export interface GroupSpec {
  readonly description?: string | undefined;
  /** Groups that all members of this one belong to as well. They exist, and belong to none themselves. */
  readonly memberOf?: readonly string[] | undefined;
  /** null takes it away. */
  readonly lastApplied?: string | null | undefined;
}

/**
 * The groups that stored users can be in. Static accounts are in the groups that their file says, whether or not these
 * are here. Every refusal is an AccountError, and every change is in the audit trail.
 */
export interface Groups {
  /** @throws AccountError `taken`, `invalid`, `notFound` for a group in memberOf, `nesting` */
  create(spec: GroupSpec & { readonly name: string }, by: Actor): Promise<Group>;
  /**
   * What `create` would give, as things stand: the same refusals, nothing is written or recorded.
   * @throws AccountError as `create`
   */
  tryCreate(spec: GroupSpec & { readonly name: string }): Promise<Group>;
  /** @throws AccountError `notFound` */
  get(name: string): Promise<Group>;
  list(options?: PageOptions): Promise<AccountPage<Group>>;
  /** Tells every change after a revision of the store. */
  watch(after: number, handlers: AccountWatchHandlers<Group>): StoreWatch;
  /**
   * What is undefined stays as it is.
   * @param ifRevision refuses with `changed` when the group is at another one
   * @throws AccountError `notFound`, `changed`, `nesting`
   */
  update(name: string, spec: GroupSpec, by: Actor, ifRevision?: number): Promise<Group>;
  /**
   * What `update` would give, as things stand: the same refusals, nothing is written or recorded.
   * @throws AccountError as `update`
   */
  tryUpdate(name: string, spec: GroupSpec, ifRevision?: number): Promise<Group>;
  /**
   * Takes everybody out of it. From the first moment on nobody has it; what was interrupted is completed by another call.
   * @throws AccountError `notFound`, `changed`
   */
  delete(name: string, by: Actor, ifRevision?: number): Promise<void>;
}

export interface GroupsDeps {
  readonly groups: GroupRecords;
  readonly users: UserRecords;
  readonly audit: IdentityAudit;
  /** Milliseconds since the epoch. */
  now(): number;
}

function toGroup({ name, revision, group: { deleting: _deleting, ...group } }: GroupRecord): Group {
  return { name, revision, ...group };
}

export function createGroups(deps: GroupsDeps): Groups {
  const { groups, now } = deps;
  const links = createGroupLinks(groups);

  async function mustRead(name: string, ifRevision?: number): Promise<GroupRecord> {
    const record = await groups.read(name);
    if (record === undefined || record.group.deleting === true)
      throw new AccountError('notFound', `there is no group ${name}`);
    if (ifRevision !== undefined && record.revision !== ifRevision)
      throw new AccountError('changed', `group ${name} has changed since revision ${ifRevision}`);
    return record;
  }

  async function prepare(name: string, spec: GroupSpec): Promise<StoredGroup> {
    checkGroupName(name);
    const existing = await groups.read(name);
    if (existing?.group.deleting === true)
      throw new AccountError('taken', `group ${name} is being deleted; delete it again to complete that`);
    if (existing !== undefined) throw new AccountError('taken', `there is a group ${name} already`);
    const { description = '', memberOf = [], lastApplied } = spec;
    const applied = typeof lastApplied === 'string' ? { lastApplied } : {};
    return { description, memberOf, subgroups: [], createdAt: now(), updatedAt: now(), ...applied };
  }

  async function create(name: string, spec: GroupSpec): Promise<Group> {
    for (;;) {
      const written = await links.write(name, undefined, await prepare(name, spec));
      if (written !== undefined) return toGroup(written);
    }
  }

  function edit({ group }: GroupRecord, { description, memberOf, ...spec }: GroupSpec): StoredGroup {
    const { lastApplied: before, ...others } = group;
    const { lastApplied = before } = spec;
    return {
      ...others,
      ...(typeof lastApplied === 'string' ? { lastApplied } : {}),
      description: description ?? group.description,
      memberOf: memberOf ?? group.memberOf,
      updatedAt: now(),
    };
  }

  async function update(name: string, spec: GroupSpec, ifRevision?: number): Promise<Group> {
    for (;;) {
      const before = await mustRead(name, ifRevision);
      const written = await links.write(name, before, edit(before, spec));
      if (written !== undefined) return toGroup(written);
    }
  }

  /** The mark comes first: without it somebody could be put into the group behind the sweep. */
  async function mark(name: string, ifRevision?: number): Promise<GroupRecord> {
    for (;;) {
      const record = await groups.read(name);
      if (record?.group.deleting === true) return record;
      const marked = await links.unlink(await mustRead(name, ifRevision), now());
      if (marked !== undefined) return marked;
    }
  }

  async function sweep(name: string): Promise<void> {
    let after: string | undefined;
    do {
      const { found } = await deps.users.list({ limit: 200, ...(after === undefined ? {} : { after }) });
      for (const { id } of found) await leave(id, name);
      after = found.at(-1)?.id;
    } while (after !== undefined);
  }

  async function leave(id: string, name: string): Promise<void> {
    for (;;) {
      const record = await deps.users.read(id);
      if (record?.user.groups.includes(name) !== true) return;
      const left = record.user.groups.filter((one) => one !== name);
      if (await deps.users.write(id, record, { ...record.user, groups: left, updatedAt: now() })) return;
    }
  }

  return {
    create: ({ name, ...spec }, by) =>
      audited(deps, { action: 'group.create', by, subject: name }, () => create(name, spec)),
    async tryCreate({ name, ...spec }) {
      const group = await links.check(name, undefined, await prepare(name, spec));
      return toGroup({ name, revision: 0, group });
    },
    get: async (name) => toGroup(await mustRead(name)),
    async list(options = {}) {
      const limit = pageLimit(options);
      const { found, revision } = await groups.list({
        limit: limit + 1,
        ...(options.after === undefined ? {} : { after: options.after }),
        ...(options.revision === undefined ? {} : { revision: options.revision }),
      });
      const { items, next } = toPage(found, revision, limit, ({ name }) => name);
      return { items: items.filter(({ group }) => group.deleting !== true).map(toGroup), next, revision };
    },
    watch: (after, handlers) => groups.watch(after, mapChanges(toGroup, handlers)),
    update: (name, spec, by, ifRevision) =>
      audited(deps, { action: 'group.update', by, subject: name }, () => update(name, spec, ifRevision)),
    async tryUpdate(name, spec, ifRevision) {
      const before = await mustRead(name, ifRevision);
      return toGroup({ ...before, group: await links.check(name, before, edit(before, spec)) });
    },
    delete: (name, by, ifRevision) =>
      audited(deps, { action: 'group.delete', by, subject: name }, async () => {
        const marked = await mark(name, ifRevision);
        await sweep(name);
        // When this does not hold, somebody else has completed it.
        await groups.write([{ name, before: marked, group: undefined }]);
      }),
  };
}

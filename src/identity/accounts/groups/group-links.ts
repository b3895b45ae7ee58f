import { AccountError } from '../account-error.ts';
import type { StoredGroup } from './group.ts';
import type { GroupRecord, GroupRecords } from './group-records.ts';

/**
 * Keeps both ends of `memberOf` and `subgroups` in step: they are written in one transaction, so that two writers at
 * once cannot build together what neither of them may build alone.
 */
export interface GroupLinks {
  /**
   * @returns undefined when a group that it touches has changed meanwhile, to be looked at anew
   * @throws AccountError `notFound` for a group in memberOf, `nesting`
   */
  write(name: string, before: GroupRecord | undefined, group: StoredGroup): Promise<GroupRecord | undefined>;
  /**
   * The group as `write` would have it, as things stand.
   * @throws AccountError as `write`
   */
  check(name: string, before: GroupRecord | undefined, group: StoredGroup): Promise<StoredGroup>;
  /** Marks the group as being deleted, and takes it out of all others. */
  unlink(before: GroupRecord, at: number): Promise<GroupRecord | undefined>;
}

type Change = Parameters<GroupRecords['write']>[0][number];

export function createGroupLinks(groups: GroupRecords): GroupLinks {
  async function parent(name: string, child: string): Promise<GroupRecord> {
    const record = await groups.read(name);
    if (record === undefined || record.group.deleting === true)
      throw new AccountError('notFound', `there is no group ${name}; create it first`, { field: 'memberOf' });
    if (record.group.memberOf.length > 0 || name === child)
      throw new AccountError(
        'nesting',
        `${child} cannot belong to ${name}: groups are nested one level deep, and ${name} belongs to ${record.group.memberOf[0] ?? name}`,
        { field: 'memberOf' },
      );
    return record;
  }

  async function without(end: 'memberOf' | 'subgroups', name: string, gone: string): Promise<Change[]> {
    const before = await groups.read(name);
    if (before === undefined) return [];
    const left = before.group[end].filter((one) => one !== gone);
    return [{ name, before, group: { ...before.group, [end]: left } }];
  }

  async function commit(name: string, changes: readonly Change[]): Promise<GroupRecord | undefined> {
    const revision = await groups.write(changes);
    const group = changes.find((change) => change.name === name)?.group;
    return revision === undefined || group === undefined ? undefined : { name, revision, group };
  }

  /** The changes of the group and of those that it joins or leaves; its own is the first. */
  async function changesFor(
    name: string,
    before: GroupRecord | undefined,
    wanted: StoredGroup,
  ): Promise<[Change & { readonly group: StoredGroup }, ...Change[]]> {
    const memberOf = [...new Set(wanted.memberOf)];
    const [sub] = wanted.subgroups;
    if (memberOf.length > 0 && sub !== undefined)
      throw new AccountError(
        'nesting',
        `${name} cannot belong to a group: groups are nested one level deep, and ${sub} belongs to ${name}`,
        { field: 'memberOf' },
      );
    const old = before?.group.memberOf ?? [];
    const changes: Change[] = [];
    for (const added of memberOf.filter((one) => !old.includes(one))) {
      const record = await parent(added, name);
      const subgroups = [...record.group.subgroups, name];
      changes.push({ name: added, before: record, group: { ...record.group, subgroups } });
    }
    for (const gone of old.filter((one) => !memberOf.includes(one)))
      changes.push(...(await without('subgroups', gone, name)));
    return [{ name, before, group: { ...wanted, memberOf } }, ...changes];
  }

  return {
    write: async (name, before, wanted) => commit(name, await changesFor(name, before, wanted)),
    async check(name, before, wanted) {
      const [{ group }] = await changesFor(name, before, wanted);
      return group;
    },
    async unlink(before, at) {
      const { name, group } = before;
      const ends = [
        ...group.memberOf.map((one) => without('subgroups', one, name)),
        ...group.subgroups.map((one) => without('memberOf', one, name)),
      ];
      const marked: StoredGroup = { ...group, memberOf: [], subgroups: [], updatedAt: at, deleting: true };
      return commit(name, [{ name, before, group: marked }, ...(await Promise.all(ends)).flat()]);
    },
  };
}

import { type KubeObject, timeSince } from '../../cluster/index.ts';
import type { Group, Groups } from '../../identity/index.ts';
import { fieldError, invalid, pathSegmentNameErrors } from '../../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { AdminKind, Writing } from '../kind.ts';
import type { Memberships } from '../memberships.ts';
import { changesOf } from './changes-of.ts';
import { kindType } from './kind-type.ts';
import { lastAppliedAnnotation, lastAppliedOf } from './last-applied.ts';
import { idOf, nameOf } from './object-name.ts';
import { part, textOf, textsOf, timestamp, uidOf } from './read.ts';
import { unlessNotFound } from './unless-not-found.ts';

const groupType = kindType({
  kind: 'Group',
  resource: 'groups',
  description:
    'A group that users of the store can be in; it is in the claim of their ID tokens. Users of the configuration file are in ' +
    'the groups that the file says.',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  spec: {
    description: { type: 'string', description: 'For people.' },
    memberOf: {
      type: 'array',
      items: { type: 'string' },
      description:
        "Groups that all members of this one belong to as well; they belong to none themselves. Adding one needs the verb 'bind' on it.",
    },
  },
  status: {
    subgroups: {
      type: 'array',
      items: { type: 'string' },
      description: "Groups that have this one in their 'memberOf'.",
    },
    updatedAt: { type: 'string', format: 'date-time' },
  },
  columns: [
    { name: 'Name', description: '', cell: ({ metadata }) => metadata.name ?? '' },
    {
      name: 'Member Of',
      description: '',
      cell: (group) => textsOf(part(group, 'spec'), 'memberOf').join(',') || '<none>',
    },
    {
      name: 'Description',
      description: '',
      cell: (group) => textOf(part(group, 'spec'), 'description') || '<none>',
    },
    {
      name: 'Age',
      description: '',
      cell: ({ metadata }, now) => timeSince(metadata.creationTimestamp ?? '', now),
    },
    {
      name: 'Subgroups',
      description: '',
      wide: true,
      cell: (group) => textsOf(part(group, 'status'), 'subgroups').join(',') || '<none>',
    },
  ],
});

export interface GroupsKindDeps {
  readonly groups: Groups;
  readonly memberships: Memberships;
}

export function createGroupsKind({ groups, memberships }: GroupsKindDeps): AdminKind {
  return {
    type: groupType,
    async list({ limit, after, required, revision: at }) {
      const name = required('metadata.name');
      if (name !== undefined) {
        // From before the look: a watch from there may tell a change once more, and misses none.
        const { revision } = await groups.list({ limit: 1 });
        const found = await unlessNotFound(groups.get(idOf(name)));
        return { items: found === undefined ? [] : [groupObject(found)], next: undefined, revision };
      }
      const page = await groups.list({
        limit,
        after: after === undefined ? undefined : idOf(after),
        revision: at,
      });
      const { next, revision } = page;
      return {
        items: page.items.map(groupObject),
        next: next === undefined ? undefined : nameOf(next),
        revision,
      };
    },
    watch: (after, handlers) => groups.watch(after, changesOf(groupObject, handlers)),
    async get(name) {
      const group = await unlessNotFound(groups.get(idOf(name)));
      return group && groupObject(group);
    },
    async create(wanted, writing) {
      const { name = '' } = wanted.metadata;
      const errors = pathSegmentNameErrors(name).map((detail) =>
        fieldError.invalid('metadata.name', name, detail),
      );
      if (name === '') errors.push(fieldError.required('metadata.name', 'a group is called by its name'));
      if (errors.length > 0) throw invalid({ group: ADMIN_GROUP, kind: 'Group' }, name, errors);
      const spec = { name, ...groupSpec(wanted) };
      await memberships.confirmMayGive(spec.memberOf, { resource: 'groups', name }, writing);
      return groupObject(await (writing.dryRun ? groups.tryCreate(spec) : groups.create(spec, writing.by)));
    },
    async update(wanted, current, writing) {
      return groupObject(await change(wanted, current, writing));
    },
    async delete({ metadata: { name = '', resourceVersion } }, { by, dryRun }) {
      const revision = Number(resourceVersion);
      if (dryRun) return void (await groups.tryUpdate(idOf(name), {}, revision));
      await groups.delete(idOf(name), by, revision);
    },
  };

  async function change(wanted: KubeObject, current: KubeObject, writing: Writing): Promise<Group> {
    const { name = '', resourceVersion } = current.metadata;
    const [next, before] = [groupSpec(wanted), groupSpec(current)];
    const added = next.memberOf.filter((group) => !before.memberOf.includes(group));
    await memberships.confirmMayGive(added, { resource: 'groups', name }, writing);
    const revision = Number(resourceVersion);
    if (writing.dryRun) return groups.tryUpdate(idOf(name), next, revision);
    if (JSON.stringify(next) === JSON.stringify(before)) return groups.get(idOf(name));
    return groups.update(idOf(name), next, writing.by, revision);
  }
}

interface WantedGroup {
  readonly description: string;
  readonly memberOf: readonly string[];
  readonly lastApplied: string | null;
}

function groupSpec(object: KubeObject): WantedGroup {
  const spec = part(object, 'spec');
  return {
    description: textOf(spec, 'description'),
    memberOf: [...new Set(textsOf(spec, 'memberOf'))],
    lastApplied: lastAppliedOf(object, ['description', 'memberOf']) ?? null,
  };
}

function groupObject({
  name,
  description,
  memberOf,
  subgroups,
  createdAt,
  updatedAt,
  lastApplied,
  revision,
}: Group): KubeObject {
  return {
    kind: 'Group',
    apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
    metadata: {
      name: nameOf(name),
      uid: uidOf('Group', name, createdAt),
      ...(revision === 0 ? {} : { resourceVersion: String(revision) }),
      creationTimestamp: timestamp(createdAt),
      ...(lastApplied === undefined ? {} : { annotations: lastAppliedAnnotation(lastApplied) ?? {} }),
    },
    spec: { description, memberOf },
    status: { subgroups, updatedAt: timestamp(updatedAt) },
  };
}

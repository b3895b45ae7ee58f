import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccounts, openLocalAccounts, operator } from '../../support/local-accounts.ts';
import { type OpenedStore, stores } from '../../support/stores.ts';

const nesting = { fault: 'nesting', field: 'memberOf' };

describe.each(stores)('groups on %s', (_name, open) => {
  let local: LocalAccounts;
  let opened: OpenedStore;
  beforeEach(async () => {
    opened = await open();
    local = await openLocalAccounts({ store: opened.store });
  });
  afterEach(() => opened.dispose());

  async function groupsOf(id: string): Promise<readonly string[]> {
    return (await local.accounts.byId(id))?.groups ?? [];
  }

  it('are created, read, changed, listed and deleted', async () => {
    await local.groups.create({ name: 'staff' }, operator);
    const created = await local.groups.create(
      { name: 'developers', description: 'They develop', memberOf: ['staff', 'staff'] },
      operator,
    );
    expect(created).toMatchObject({ name: 'developers', memberOf: ['staff'], subgroups: [] });
    expect(await local.groups.get('developers')).toEqual(created);
    expect(await local.groups.get('staff')).toMatchObject({ memberOf: [], subgroups: ['developers'] });
    const changed = await local.groups.update('developers', { memberOf: [] }, operator, created.revision);
    expect(changed).toMatchObject({ description: 'They develop', memberOf: [] });
    expect(await local.groups.get('staff')).toMatchObject({ subgroups: [] });
    const first = await local.groups.list({ limit: 1 });
    expect(first).toMatchObject({ items: [{ name: 'developers' }], next: 'developers' });
    const second = await local.groups.list({ limit: 1, after: first.next });
    expect(second).toMatchObject({ items: [{ name: 'staff' }], next: undefined });
    await local.groups.delete('developers', operator, changed.revision);
    await expect(local.groups.get('developers')).rejects.toMatchObject({ fault: 'notFound' });
  });

  it('give their members what they belong to, each once', async () => {
    await local.groups.create({ name: 'staff' }, operator);
    await local.groups.create({ name: 'developers', memberOf: ['staff'] }, operator);
    await local.groups.create({ name: 'oncall', memberOf: ['staff'] }, operator);
    const { id, groups } = await local.users.create(
      { email: 'ann@example.com', groups: ['developers', 'oncall'] },
      operator,
    );
    expect(groups).toEqual(['developers', 'oncall']);
    expect(await groupsOf(id)).toEqual(['developers', 'oncall', 'staff']);
    await local.groups.update('oncall', { memberOf: [] }, operator);
    await local.groups.delete('developers', operator);
    expect(await groupsOf(id)).toEqual(['oncall']);
    expect(await local.groups.get('staff')).toMatchObject({ subgroups: [] });
  });

  it('that come again under a name that was deleted have no members', async () => {
    await local.groups.create({ name: 'admins' }, operator);
    const ids = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        const { id } = await local.users.create({ email: `${index}@x`, groups: ['admins'] }, operator);
        return id;
      }),
    );
    await local.groups.delete('admins', operator);
    await local.groups.create({ name: 'admins' }, operator);
    expect((await Promise.all(ids.map(groupsOf))).flat()).toEqual([]);
  });

  it('deleted while people are put into them: nobody has them afterwards', async () => {
    await local.groups.create({ name: 'admins' }, operator);
    const joining = Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        local.users.create({ email: `${index}@x`, groups: ['admins'] }, operator),
      ),
    );
    await local.groups.delete('admins', operator);
    for (const result of await joining)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ fault: 'notFound' });
    const { items } = await local.users.list();
    expect(items.filter(({ groups }) => groups.includes('admins'))).toEqual([]);
  });

  it('linked to each other at once: one of the two links is refused', async () => {
    await local.groups.create({ name: 'a' }, operator);
    await local.groups.create({ name: 'b' }, operator);
    await local.groups.create({ name: 'c' }, operator);
    const results = await Promise.allSettled([
      local.groups.update('a', { memberOf: ['b'] }, operator),
      local.groups.update('b', { memberOf: ['c'] }, operator),
      local.groups.update('c', { memberOf: ['a'] }, operator),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject(nesting);
  });

  it('of one name are created at once by one only', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => local.groups.create({ name: 'staff' }, operator)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('groups', () => {
  let local: LocalAccounts;
  beforeEach(async () => {
    local = await openLocalAccounts();
  });

  it.each([
    '',
    'system:masters',
    'SYSTEM:masters',
    ' staff',
    'staff ',
    'a,b',
    'a\nb',
    'a\u200bb',
    'g'.repeat(257),
  ])('are not called %j', async (name) => {
    await expect(local.groups.create({ name }, operator)).rejects.toMatchObject({ fault: 'invalid' });
  });

  it('belong to groups that exist, and not to themselves', async () => {
    await expect(local.groups.create({ name: 'a', memberOf: ['b'] }, operator)).rejects.toMatchObject({
      fault: 'notFound',
      field: 'memberOf',
    });
    await local.groups.create({ name: 'a' }, operator);
    await expect(local.groups.update('a', { memberOf: ['a'] }, operator)).rejects.toMatchObject(nesting);
  });

  it('changed since they were seen are not changed', async () => {
    const { revision } = await local.groups.create({ name: 'a' }, operator);
    await local.groups.update('a', { description: 'first' }, operator, revision);
    const changed = { fault: 'changed' };
    await expect(local.groups.update('a', {}, operator, revision)).rejects.toMatchObject(changed);
    await expect(local.groups.delete('a', operator, revision)).rejects.toMatchObject(changed);
  });

  it('are nested one level deep, both ends agree, and members have exactly what the links say', () => {
    const names = ['a', 'b', 'c', 'd'];
    const step = fc.oneof(
      fc.record({
        type: fc.constantFrom('create' as const, 'update' as const),
        name: fc.constantFrom(...names),
        memberOf: fc.subarray(names),
      }),
      fc.record({ type: fc.constant('delete' as const), name: fc.constantFrom(...names) }),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { groups, users, accounts } = await openLocalAccounts();
        const attempts = steps.map((one) => () => {
          if (one.type === 'create') return groups.create(one, operator);
          return one.type === 'update'
            ? groups.update(one.name, { memberOf: one.memberOf }, operator)
            : groups.delete(one.name, operator);
        });
        for (const attempt of attempts)
          await attempt().catch((error: unknown) => expect(error).toHaveProperty('fault'));
        const { items } = await groups.list();
        for (const { name, memberOf, subgroups } of items) {
          expect(memberOf.length === 0 || subgroups.length === 0).toBe(true);
          for (const parent of memberOf) expect((await groups.get(parent)).subgroups).toContain(name);
          for (const child of subgroups) expect((await groups.get(child)).memberOf).toContain(name);
          const { id } = await users.create({ email: `${name}@x`, groups: [name] }, operator);
          expect((await accounts.byId(id))?.groups).toEqual([name, ...memberOf]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

import { hashSync } from '@node-rs/bcrypt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dump } from '../../support/door.ts';
import { good, type LocalAccounts, openLocalAccounts, operator } from '../../support/local-accounts.ts';
import { type OpenedStore, stores } from '../../support/stores.ts';

const ann = { email: 'ann@example.com', preferredUsername: 'ann', name: 'Ann' };

describe.each(stores)('users on %s', (_name, open) => {
  let local: LocalAccounts;
  let opened: OpenedStore;
  beforeEach(async () => {
    opened = await open();
    local = await openLocalAccounts({ store: opened.store });
  });
  afterEach(() => opened.dispose());

  it('are created, read, found, changed and deleted', async () => {
    await local.groups.create({ name: 'developers' }, operator);
    const created = await local.users.create({ ...ann, groups: ['developers', 'developers'] }, operator);
    expect(created).toMatchObject({
      ...ann,
      id: expect.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
      emailVerified: true,
      groups: ['developers'],
      disabled: false,
      mustChangePassword: false,
      hasPassword: false,
      createdAt: local.clock.now,
      updatedAt: local.clock.now,
      passwordChangedAt: undefined,
      source: 'stored',
    });
    expect(await local.users.get(created.id)).toEqual(created);
    expect(await local.users.find(' ANN')).toEqual(created);
    local.clock.now += 1000;
    const change = { email: 'anna@example.com', preferredUsername: null, emailVerified: false, groups: [] };
    const changed = await local.users.update(created.id, change, operator, created.revision);
    expect(changed).toMatchObject({ ...change, preferredUsername: undefined, name: 'Ann' });
    expect(changed.updatedAt).toBe(local.clock.now);
    await expect(local.users.find('ann')).rejects.toMatchObject({ fault: 'notFound' });
    expect((await local.users.find('anna@example.com')).id).toBe(created.id);
    await local.users.delete(created.id, operator, changed.revision);
    await expect(local.users.get(created.id)).rejects.toMatchObject({ fault: 'notFound' });
    expect(await dump(local.store)).not.toContain('anna@example.com');
  });

  it('of 50 creates of one login at once exactly one wins', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        local.users.create(
          index % 2 === 0 ? ann : { email: `${index}@example.com`, preferredUsername: 'ANN@example.com' },
          operator,
        ),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ fault: 'taken' });
    const { items } = await local.users.list();
    expect(items.filter(({ source }) => source === 'stored')).toHaveLength(1);
  });

  it('of 20 users renamed to one login at once exactly one gets it, and the others keep theirs', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const { id } = await local.users.create({ email: `${index}@example.com` }, operator);
        return id;
      }),
    );
    const results = await Promise.allSettled(
      ids.map((id) => local.users.update(id, { preferredUsername: 'chosen' }, operator)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const [index, id] of ids.entries())
      expect((await local.users.find(`${index}@example.com`)).id).toBe(id);
  });

  it('changed at once with the revision seen: exactly one change is made', async () => {
    const { id, revision } = await local.users.create(ann, operator);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        local.users.update(id, { name: `Ann ${index}` }, operator, revision),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ fault: 'changed' });
  });

  it('changed at once without a revision: no change is lost', async () => {
    const { id } = await local.users.create(ann, operator);
    await Promise.all([
      local.users.update(id, { name: 'Anna' }, operator),
      local.users.update(id, { email: 'anna@example.com' }, operator),
      local.users.update(id, { emailVerified: false }, operator),
      local.users.disable(id, operator),
    ]);
    expect(await local.users.get(id)).toMatchObject({
      name: 'Anna',
      email: 'anna@example.com',
      emailVerified: false,
      disabled: true,
    });
  });

  it('are listed page by page together with static ones, each once, in the order of their ids', async () => {
    for (let index = 0; index < 7; index++)
      await local.users.create({ email: `${index}@example.com` }, operator);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await local.users.list({ limit: 2, after });
      expect(page.items.length).toBeLessThanOrEqual(2);
      expect(page.revision).toBe(await local.store.revision());
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(9);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toContain('id-jane');
  });
});

describe('users', () => {
  let local: LocalAccounts;
  beforeEach(async () => {
    local = await openLocalAccounts();
  });

  it.each<[string, object, object]>([
    ['another one has', { email: 'ANN@example.com' }, { fault: 'taken', field: 'email' }],
    ['another one has as username', { email: 'b@x', preferredUsername: 'ann' }, { fault: 'taken' }],
    ['a static account has', { email: 'Jane@example.com' }, { fault: 'taken', field: 'email' }],
    [
      'a static account has as username',
      { email: 'b@x', preferredUsername: 'JANE' },
      { fault: 'taken', field: 'preferredUsername' },
    ],
  ])('cannot have a login that %s', async (_name, fields, fault) => {
    await local.users.create(ann, operator);
    await expect(local.users.create({ ...fields, email: 'b@x', ...fields }, operator)).rejects.toMatchObject(
      fault,
    );
    const { id } = await local.users.create({ email: 'other@example.com' }, operator);
    await expect(local.users.update(id, fields, operator)).rejects.toMatchObject(fault);
  });

  it.each<[string, object]>([
    ['email', { email: 'ann' }],
    ['email', { email: '' }],
    ['email', { email: 'a b@example.com' }],
    ['email', { email: `${'a'.repeat(320)}@example.com` }],
    ['email', { email: 'system:admin@example.com' }],
    ['name', { name: 'Ann\n' }],
    ['name', { name: 'A'.repeat(257) }],
    ['preferredUsername', { preferredUsername: '' }],
    ['preferredUsername', { preferredUsername: 'system:masters' }],
    // What tokens call a client that gets them for itself.
    ['preferredUsername', { preferredUsername: 'client:ci' }],
    ['preferredUsername', { preferredUsername: 'CLIENT:ci' }],
    ['preferredUsername', { preferredUsername: 'System:masters' }],
    ['preferredUsername', { preferredUsername: 'an\u200bn' }],
    ['preferredUsername', { preferredUsername: 'ann\ud800' }],
    ['preferredUsername', { preferredUsername: 'ann\0' }],
    ['preferredUsername', { preferredUsername: ' ann' }],
  ])('with a bad %s are refused: %j', async (field, fields) => {
    const refused = { fault: 'invalid', field };
    await expect(local.users.create({ ...ann, ...fields }, operator)).rejects.toMatchObject(refused);
    const { id } = await local.users.create(ann, operator);
    await expect(local.users.update(id, fields, operator)).rejects.toMatchObject(refused);
  });

  it('of the configuration are shown and not changed', async () => {
    const jane = await local.users.get('id-jane');
    expect(jane).toMatchObject({
      source: 'static',
      email: 'jane@example.com',
      groups: ['developers', 'oncall'],
    });
    expect(jane).not.toHaveProperty('hash');
    expect(await local.users.find('jane')).toEqual(jane);
    const readOnly = { fault: 'readOnly' };
    await expect(local.users.update('id-jane', { name: 'J' }, operator)).rejects.toMatchObject(readOnly);
    await expect(local.users.disable('id-jane', operator)).rejects.toMatchObject(readOnly);
    await expect(local.users.enable('id-jane', operator)).rejects.toMatchObject(readOnly);
    await expect(local.users.delete('id-jane', operator)).rejects.toMatchObject(readOnly);
    await expect(local.users.setPassword('id-jane', good, operator)).rejects.toMatchObject(readOnly);
    await expect(local.users.issueReset('id-jane', operator)).rejects.toMatchObject(readOnly);
  });

  it('are in groups that exist, and in no other', async () => {
    await expect(local.users.create({ ...ann, groups: ['nobody'] }, operator)).rejects.toMatchObject({
      fault: 'notFound',
      field: 'groups',
    });
    const { id } = await local.users.create(ann, operator);
    await expect(local.users.update(id, { groups: ['nobody'] }, operator)).rejects.toMatchObject({
      fault: 'notFound',
    });
  });

  it('have all that they have going ended when they are disabled or deleted', async () => {
    const { id } = await local.users.create(ann, operator);
    await local.users.disable(id, operator);
    await local.users.enable(id, operator);
    await local.users.delete(id, operator);
    expect(local.ended).toEqual([id, id]);
  });

  it.each([
    ['bcrypt', hashSync('x', 10)],
    [
      'argon2id',
      '$argon2id$v=19$m=19456,t=2,p=1$A8P6IHnHesdwG1bO6pD6IA$BuNbj8B4Pi1xugS3KWXLu5vtR04BBTwcqbIVz+bLDdQ',
    ],
  ])('come with a hash of %s from elsewhere', async (_name, hash) => {
    const user = await local.users.create({ ...ann, hash }, operator);
    expect(user.hasPassword).toBe(true);
    expect(JSON.stringify(user)).not.toContain(hash);
  });

  it.each([
    ['plain text', 'password'],
    ['bcrypt too cheap', '$2b$04$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcdefg'],
    ['bcrypt too costly', `$2b$15$${'a'.repeat(53)}`],
    [
      'argon2i',
      '$argon2i$v=19$m=19456,t=2,p=1$A8P6IHnHesdwG1bO6pD6IA$BuNbj8B4Pi1xugS3KWXLu5vtR04BBTwcqbIVz+bLDdQ',
    ],
    [
      'argon2id too cheap',
      '$argon2id$v=19$m=16,t=1,p=1$XV/bRoBUxQSlEdrnLQpTwZ$XV/bRoBUxQSlEdrnLQpTwZCzgAHDMH/7K/931wyfbEg',
    ],
    [
      'argon2id too costly',
      '$argon2id$v=19$m=1048576,t=4,p=1$A8P6IHnHesdwG1bO6pD6IA$BuNbj8B4Pi1xugS3KWXLu5vtR04BBTwcqbIVz+bLDdQ',
    ],
    [
      'argon2id of several lanes',
      '$argon2id$v=19$m=19456,t=2,p=4$A8P6IHnHesdwG1bO6pD6IA$BuNbj8B4Pi1xugS3KWXLu5vtR04BBTwcqbIVz+bLDdQ',
    ],
  ])('do not come with %s for a hash', async (_name, hash) => {
    await expect(local.users.create({ ...ann, hash }, operator)).rejects.toMatchObject({
      fault: 'invalid',
      field: 'hash',
    });
  });
});

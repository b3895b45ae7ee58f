import { afterEach, describe, expect, it } from 'vitest';
import type { PolicyRule } from '../../src/rbac/index.ts';
import { good, operator } from '../identity/support/local-accounts.ts';
import { serveAdmin } from './support/served-admin.ts';

let admin: Awaited<ReturnType<typeof serveAdmin>> | undefined;
afterEach(() => admin?.close());

const apiGroups = ['sallyport.dev'];
const everything: PolicyRule = {
  verbs: ['create', 'update', 'patch', 'get', 'list', 'delete'],
  apiGroups,
  resources: ['users', 'users/password', 'users/reset', 'groups'],
};

/** Every login but one that RBAC names. */
const anybody = ['amy@example.com', 'amy', 'mine@example.com', 'mine', 'zoe@example.com'];

/** A caller who may write all users and groups, bind the group `developers` only, and give these logins. */
async function serve(logins: readonly string[] = anybody) {
  const bind: PolicyRule = {
    verbs: ['bind'],
    apiGroups,
    resources: ['groups'],
    resourceNames: ['developers'],
  };
  const name: PolicyRule = { verbs: ['bind'], apiGroups, resources: ['users'], resourceNames: logins };
  admin = await serveAdmin({ rules: [everything, bind, name] });
  await admin.groups.create({ name: 'admins' }, operator);
  await admin.groups.create({ name: 'developers' }, operator);
  return admin;
}

const refusal = (resource: string, group: string) => ({
  code: 403,
  reason: 'Forbidden',
  message: expect.stringMatching(
    `^${resource}\\.sallyport\\.dev .*user "jane" would give the membership of group "${group}", which needs the verb "bind"`,
  ),
});

describe('who writes users and groups', () => {
  it('gives only those memberships that he may bind', async () => {
    const { ask } = await serve();
    const user = (groups: readonly string[]) => ({ spec: { email: 'amy@example.com', groups } });
    expect((await ask('POST', 'users', user(['developers', 'admins']))).json).toMatchObject(
      refusal('users', 'admins'),
    );
    const made = await ask('POST', 'users', user(['developers']));
    expect(made.status).toBe(201);
    const path = `users/${made.json.metadata.name}`;
    const more = await ask('PATCH', path, { spec: { groups: ['developers', 'admins'] } });
    expect(more.json).toMatchObject(refusal('users', 'admins'));
    expect((await ask('PUT', path, { ...made.json, spec: user(['admins']).spec })).json).toMatchObject(
      refusal('users', 'admins'),
    );
    expect((await ask('GET', path)).json.spec.groups).toEqual(['developers']);
    expect((await ask('PATCH', path, { spec: { groups: [] } })).status).toBe(200);
  });

  it('gives only those logins that he may give: a binding could name such a user', async () => {
    const { ask } = await serve();
    const refused = (login: string) => ({
      code: 403,
      message: expect.stringContaining(
        `would give the login "${login}", which needs the verb "bind" on resource "users"`,
      ),
    });
    const root = { email: 'amy@example.com', preferredUsername: 'root' };
    expect((await ask('POST', 'users', { spec: root })).json).toMatchObject(refused('root'));
    expect((await ask('POST', 'users', { spec: { email: 'root@example.com' } })).json).toMatchObject(
      refused('root@example.com'),
    );
    const made = await ask('POST', 'users', { spec: { ...root, preferredUsername: 'amy' } });
    expect(made.status).toBe(201);
    const path = `users/${made.json.metadata.name}`;
    for (const spec of [{ preferredUsername: 'root' }, { email: 'root@example.com' }]) {
      expect((await ask('PATCH', path, { spec })).json).toMatchObject(refused(Object.values(spec)[0] ?? ''));
    }
    // What somebody is called already is not given anew.
    expect((await ask('PATCH', path, { spec: { name: 'Amy' } })).status).toBe(200);
  });

  it('does not give one by way of another group', async () => {
    const { ask } = await serve();
    const via = await ask('POST', 'groups', {
      metadata: { name: 'interns' },
      spec: { memberOf: ['admins'] },
    });
    expect(via.json).toMatchObject(refusal('groups', 'admins'));
    expect((await ask('PATCH', 'groups/developers', { spec: { memberOf: ['admins'] } })).json).toMatchObject(
      refusal('groups', 'admins'),
    );
    expect((await ask('GET', 'groups/developers')).json.spec.memberOf).toEqual([]);
  });

  it('does not become a member of a group whose members he could sign in as', async () => {
    const { ask, users, groups } = await serve();
    await groups.create({ name: 'deputies', memberOf: ['admins'] }, operator);
    const root = await users.create({ email: 'root@example.com', groups: ['deputies'] }, operator);
    const path = `users/${root.id}`;
    const asked = [
      await ask('POST', `${path}/password`, { spec: { password: good } }),
      await ask('POST', `${path}/reset`, {}),
      await ask('PATCH', path, { spec: { email: 'mine@example.com' } }),
      await ask('PATCH', path, { spec: { preferredUsername: 'mine' } }),
    ];
    for (const { json } of asked) expect(json).toMatchObject(refusal('users', 'deputies'));
    const { hasPassword, email } = await users.get(root.id);
    expect({ hasPassword, email }).toEqual({ hasPassword: false, email: 'root@example.com' });
    expect((await ask('PATCH', path, { spec: { disabled: true, name: 'Root' } })).status).toBe(200);
  });

  it('needs the inherited group, too', async () => {
    const { ask, users, groups } = await serve();
    await groups.update('developers', { memberOf: ['admins'] }, operator);
    const dev = await users.create({ email: 'dev@example.com', groups: ['developers'] }, operator);
    const { json } = await ask('POST', `users/${dev.id}/password`, { spec: { password: good } });
    expect(json).toMatchObject(refusal('users', 'admins'));
  });
});

describe('who may do nothing', () => {
  it("does nothing, in Kubernetes' words", async () => {
    admin = await serveAdmin({ rules: [] });
    for (const [method, path, verb] of [
      ['GET', 'users', 'list'],
      ['POST', 'users', 'create'],
      ['POST', 'users/x/password', 'create'],
      ['DELETE', 'groups/x', 'delete'],
    ] as const) {
      const { json } = await admin.ask(method, path, method === 'POST' ? {} : undefined);
      expect(json.code).toBe(403);
      expect(json.message).toMatch(`User "jane" cannot ${verb} resource "${path.split('/')[0]}`);
    }
  });
});

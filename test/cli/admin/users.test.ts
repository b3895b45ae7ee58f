import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { better, good, operator } from '../../identity/support/local-accounts.ts';
import { openAdminTerminal } from '../support/admin-terminal.ts';
import { run } from '../support/run.ts';

let admin: Awaited<ReturnType<typeof openAdminTerminal>>;
beforeEach(async () => {
  admin = await openAdminTerminal();
});
afterEach(() => admin.close());

async function ok(line: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await admin.type(line, input);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

describe('sallyport users', () => {
  it('creates one, finds it by each of its names, and lists it among all', async () => {
    await admin.groups.create({ name: 'ops' }, operator);
    const made = await ok('users create amy@example.com --username amy --name Amy --group ops');
    const name = /^user\.sallyport\.dev\/(\S+) created\n$/.exec(made)?.[1] ?? '';
    for (const text of [name, 'amy', 'AMY@example.com'.toLowerCase()])
      expect(await ok(`users get ${text} -o name`)).toBe(`user.sallyport.dev/${name}\n`);
    const table = await ok('users list');
    expect(table.split('\n')[0]).toMatch(/^NAME +EMAIL +USERNAME +GROUPS +DISABLED +SOURCE +AGE$/);
    expect(table).toMatch(new RegExp(`^${name} +amy@example\\.com +amy +ops +false +Stored +\\S+$`, 'm'));
    expect(await ok('users list --no-headers -o wide')).toMatch(/ Amy$/m);
    expect(parse(await ok('users get amy -o yaml'))).toMatchObject({ kind: 'User', spec: { name: 'Amy' } });
    const { items } = JSON.parse(await ok('users list -o json'));
    expect(items).toHaveLength(3);
  });

  it('disables, enables and deletes one', async () => {
    await ok('users create amy@example.com');
    expect(await ok('users disable amy@example.com')).toMatch(/ disabled\n$/);
    expect((await admin.users.find('amy@example.com')).disabled).toBe(true);
    expect(JSON.parse(await ok('users enable amy@example.com -o json')).spec.disabled).toBe(false);
    expect(await ok('users delete amy@example.com')).toMatch(/ deleted\n$/);
    await expect(admin.users.find('amy@example.com')).rejects.toThrow('nobody signs in');
  });

  it('takes passwords from the standard input, and from no argument', async () => {
    await ok('users create amy@example.com --password-stdin --must-change', `${good}\n`);
    expect(await admin.users.find('amy@example.com')).toMatchObject({
      hasPassword: true,
      mustChangePassword: true,
    });
    expect(await ok('users set-password amy@example.com', `${better}\r\nmore`)).not.toContain(better);
    expect((await admin.users.find('amy@example.com')).mustChangePassword).toBe(false);
    const empty = await admin.type('users set-password amy@example.com');
    expect(empty).toMatchObject({ code: 2, stderr: 'error: no password on the standard input\n' });
    const given = await admin.type(`users set-password amy@example.com --password ${better}`);
    expect(given.code).toBe(2);
    const extra = await admin.type('users set-password amy@example.com secret');
    expect(extra.code).toBe(2);
    const short = await admin.type('users set-password amy@example.com', 'short');
    expect(short.code).toBe(1);
    expect(short.stderr).toContain('spec.password: Invalid value');
  });

  it('gives a code for a new password', async () => {
    await ok('users create amy@example.com');
    const said = await ok('users reset-password amy@example.com');
    expect(said).toContain('at https://login.example.com/dex/reset until 2027-01-16T08:00:00Z');
    const token = said.trim().split('\n').at(-1) ?? '';
    await admin.users.redeemReset(token, good, operator);
  });

  it("says what is wrong, in the server's words or with a way out", async () => {
    expect(await admin.type('users get nobody')).toMatchObject({
      code: 1,
      stderr: 'error: there is no user "nobody"\n',
    });
    const taken = await admin.type('users create jane@example.com');
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain('spec.email: Duplicate value: "jane@example.com"');
    expect(await admin.type('users lst')).toMatchObject({
      code: 2,
      stderr: 'error: unknown verb "lst"; did you mean list?\nSee "sallyport users --help".\n',
    });
    expect((await admin.type('users disable')).stderr).toContain('usage: sallyport users disable USER');
    expect((await admin.type('users list -o sarif')).code).toBe(2);
    expect((await run(['users', 'list'])).code).toBe(2);
  });

  it('prints names that others chose harmlessly', async () => {
    await admin.users.create({ email: 'amy@example.com', name: 'Amy \u202egnol' }, operator);
    expect(await ok('users list -o wide')).toContain('Amy \\u202egnol');
  });
});

describe('sallyport groups', () => {
  it('makes them, and says who is in them', async () => {
    await ok('users create amy@example.com --username amy');
    await ok('users create ben@example.com');
    expect(await ok('groups create ops --description pager')).toBe('group.sallyport.dev/ops created\n');
    await ok('groups create night --member-of ops');
    expect(await ok('groups get night --no-headers')).toMatch(/^night +ops +<none> /);
    await ok('groups add ops amy ben@example.com');
    await ok('groups add ops amy');
    expect((await admin.users.find('amy')).groups).toEqual(['ops']);
    await ok('groups remove ops amy');
    expect((await admin.users.find('amy')).groups).toEqual([]);
    expect((await admin.users.find('ben@example.com')).groups).toEqual(['ops']);
    expect(await ok('groups list -o name')).toBe('group.sallyport.dev/night\ngroup.sallyport.dev/ops\n');
    await ok('groups delete ops');
    expect((await admin.users.find('ben@example.com')).groups).toEqual([]);
  });
});

describe('who may not', () => {
  it("is told in Kubernetes' words", async () => {
    const nobody = await openAdminTerminal({ rules: [] });
    const { code, stderr } = await nobody.type('users list');
    await nobody.close();
    expect(code).toBe(4);
    expect(stderr).toContain(
      'users.sallyport.dev is forbidden: User "jane" cannot list resource "users" in API group "sallyport.dev" at the cluster scope',
    );
  });
});

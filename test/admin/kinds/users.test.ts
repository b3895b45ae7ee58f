import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { better, good, operator } from '../../identity/support/local-accounts.ts';
import { nothingElse, serveAdmin } from '../support/served-admin.ts';

let admin: Awaited<ReturnType<typeof serveAdmin>>;
beforeEach(async () => {
  admin = await serveAdmin();
});
afterEach(() => admin.close());

const amy = { apiVersion: 'sallyport.dev/v1', kind: 'User', spec: { email: 'amy@example.com' } };

async function made(spec: object = {}): Promise<{ name: string; resourceVersion: string }> {
  const { status, json } = await admin.ask('POST', 'users', { ...amy, spec: { ...amy.spec, ...spec } });
  expect(status, JSON.stringify(json)).toBe(201);
  return json.metadata;
}

describe('users', () => {
  it('are made with a name of the server, and have the defaults of what is left out', async () => {
    const { status, json } = await admin.ask('POST', 'users', amy);
    expect(status).toBe(201);
    expect(json).toMatchObject({
      apiVersion: 'sallyport.dev/v1',
      kind: 'User',
      metadata: {
        name: expect.stringMatching(/^[0-9a-f-]{36}$/),
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
        creationTimestamp: '2027-01-15T08:00:00Z',
      },
      spec: {
        email: 'amy@example.com',
        emailVerified: true,
        name: 'amy@example.com',
        groups: [],
        disabled: false,
      },
      status: { source: 'Stored', hasPassword: false, mustChangePassword: false },
    });
    expect((await admin.ask('GET', `users/${json.metadata.name}`)).json).toEqual(json);
    expect(admin.events.at(-1)).toMatchObject({
      action: 'user.create',
      actor: 'gateway:jane',
      subject: json.metadata.name,
    });
  });

  it('are not made under a name that somebody chose', async () => {
    const body = { metadata: { name: 'amy' }, spec: { email: 'amy@example.com' } };
    for (const query of ['', '?dryRun=All']) {
      const { status, json } = await admin.ask('POST', `users${query}`, body);
      expect([status, json.details.causes]).toEqual([
        422,
        [expect.objectContaining({ field: 'metadata.name', reason: 'FieldValueInvalid' })],
      ]);
    }
    const generated = { metadata: { generateName: 'user-' }, spec: body.spec };
    expect((await admin.ask('POST', 'users', generated)).status).toBe(201);
  });

  it('are listed with those of the configuration file, and found by their address', async () => {
    const { name } = await made();
    const all = (await admin.ask('GET', 'users')).json;
    expect(all.kind).toBe('UserList');
    expect(all.items.map((user: typeof amy) => user.spec.email).sort()).toEqual([
      'amy@example.com',
      'bob@example.com',
      'jane@example.com',
    ]);
    const found = (await admin.ask('GET', 'users?fieldSelector=spec.email%3Damy@example.com')).json;
    expect(found.items.map((user: { metadata: object }) => user.metadata)).toMatchObject([{ name }]);
    const other = await admin.ask('GET', 'users?fieldSelector=spec.phone%3D1');
    expect(other.json).toMatchObject({ code: 400, message: 'field label not supported: spec.phone' });
  });

  it('come in pages', async () => {
    await made();
    const seen: string[] = [];
    let token = '';
    do {
      const { json } = await admin.ask('GET', `users?limit=1&continue=${token}`);
      expect(json.items).toHaveLength(1);
      seen.push(json.items[0].spec.email);
      token = json.metadata.continue ?? '';
    } while (token !== '');
    expect(seen.sort()).toEqual(['amy@example.com', 'bob@example.com', 'jane@example.com']);
  });

  it('are shown as a Table', async () => {
    await made({ preferredUsername: 'amy' });
    const { json } = await admin.ask('GET', 'users?fieldSelector=spec.preferredUsername%3Damy', undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    expect(json.kind).toBe('Table');
    expect(json.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual([
      'Name',
      'Email',
      'Username',
      'Groups',
      'Disabled',
      'Source',
      'Age',
      'Display Name',
    ]);
    expect(json.rows[0].cells.slice(1)).toEqual([
      'amy@example.com',
      'amy',
      '<none>',
      false,
      'Stored',
      '0s',
      'amy',
    ]);
  });

  it('are disabled by a patch, which ends all that they have going, and enabled again', async () => {
    const { name } = await made();
    const off = await admin.ask('PATCH', `users/${name}`, { spec: { disabled: true, name: 'Amy' } });
    expect(off.json.spec).toMatchObject({ disabled: true, name: 'Amy' });
    expect(admin.ended).toEqual([name]);
    const on = await admin.ask('PATCH', `users/${name}`, { spec: { disabled: null } });
    expect(on.json.spec).toMatchObject({ disabled: false, name: 'Amy' });
    expect(admin.events.map(({ action }) => action)).toEqual([
      'user.create',
      'user.disable',
      'user.update',
      'user.enable',
    ]);
  });

  it('are replaced by what is sent, as long as it is of the newest revision', async () => {
    const { name, resourceVersion } = await made({ preferredUsername: 'amy', name: 'Amy' });
    const wanted = { ...amy, metadata: { name, resourceVersion } };
    const { json } = await admin.ask('PUT', `users/${name}`, wanted);
    expect(json.spec).toEqual({
      email: 'amy@example.com',
      emailVerified: true,
      name: 'amy@example.com',
      groups: [],
      disabled: false,
    });
    const late = await admin.ask('PUT', `users/${name}`, {
      ...wanted,
      spec: { email: 'other@example.com' },
    });
    expect(late.json).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on users.sallyport.dev "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    });
    const same = await admin.ask('PUT', `users/${name}`, { ...amy, metadata: { name } });
    expect(same.json.metadata.resourceVersion).toBe(json.metadata.resourceVersion);
  });

  it('are deleted with all that they have going', async () => {
    const { name } = await made();
    const late = await admin.ask('DELETE', `users/${name}`, { preconditions: { resourceVersion: '9999' } });
    expect(late.json.code).toBe(409);
    const gone = await admin.ask('DELETE', `users/${name}`);
    expect(gone.json).toMatchObject({
      status: 'Success',
      details: { name, group: 'sallyport.dev', kind: 'users' },
    });
    expect(admin.ended).toEqual([name]);
    expect((await admin.ask('GET', `users/${name}`)).json.message).toBe(
      `users.sallyport.dev "${name}" not found`,
    );
  });

  it('of the configuration file are not changed', async () => {
    const name = (await admin.users.find('jane@example.com')).id;
    for (const [method, body] of [
      ['PATCH', { spec: { disabled: true } }],
      ['DELETE', undefined],
    ] as const) {
      const { json } = await admin.ask(method, `users/${name}`, body);
      expect(json).toMatchObject({ code: 403, reason: 'Forbidden' });
      expect(json.message).toContain('is in the configuration file; change it there');
    }
  });

  it('with invalid fields are refused by their paths', async () => {
    await made();
    const refused = async (spec: object) =>
      (await admin.ask('POST', 'users', { ...amy, spec })).json.details.causes;
    expect(await refused({})).toEqual([
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.email' },
    ]);
    expect(await refused({ email: 'nobody' })).toMatchObject([
      { reason: 'FieldValueInvalid', field: 'spec.email' },
    ]);
    expect(await refused({ email: 'AMY@example.com' })).toMatchObject([
      { reason: 'FieldValueDuplicate', field: 'spec.email' },
    ]);
    expect(await refused({ email: 'x@example.com', groups: ['none'] })).toMatchObject([
      { reason: 'FieldValueInvalid', field: 'spec.groups' },
    ]);
    const strict = await admin.ask('POST', 'users?fieldValidation=Strict', {
      ...amy,
      spec: { email: 'x@example.com', phone: '1' },
    });
    expect(strict.json.message).toContain('strict decoding error: unknown field "spec.phone"');
    const wrong = await admin.ask('POST', 'users', { ...amy, spec: { email: 1 } });
    expect(wrong.json.message).toContain(
      'json: cannot unmarshal number into Go struct field UserSpec.spec.email of type string',
    );
  });

  it('are checked and not made in a dry run', async () => {
    const dry = await admin.ask('POST', 'users?dryRun=All', amy);
    expect(dry.status).toBe(201);
    expect(dry.json.metadata.resourceVersion).toBeUndefined();
    const { name } = await made();
    expect((await admin.ask('POST', 'users?dryRun=All', amy)).json.code).toBe(422);
    const patched = await admin.ask('PATCH', `users/${name}?dryRun=All`, { spec: { disabled: true } });
    expect(patched.json.spec.disabled).toBe(true);
    expect((await admin.ask('DELETE', `users/${name}?dryRun=All`)).status).toBe(200);
    expect((await admin.users.get(name)).disabled).toBe(false);
    expect(admin.events.map(({ action }) => action)).toEqual(['user.create']);
  });

  it('say that labels are not kept', async () => {
    const { headers } = await admin.ask('POST', 'users', { ...amy, metadata: { labels: { a: 'b' } } });
    expect(headers.get('warning')).toContain('labels and annotations are not kept');
  });

  it('are not patched strategically, and are in no namespace', async () => {
    const { name } = await made();
    const type = 'application/strategic-merge-patch+json';
    expect((await admin.ask('PATCH', `users/${name}`, {}, { type })).json.code).toBe(415);
    expect((await admin.ask('GET', '/apis/sallyport.dev/v1/namespaces/dev/users')).json.code).toBe(404);
  });
});

describe('passwords of users', () => {
  it('are set by a subresource, which does not tell them again', async () => {
    const { name } = await made();
    const { status, json } = await admin.ask('POST', `users/${name}/password`, {
      spec: { password: good, mustChange: true },
    });
    expect(status).toBe(201);
    expect(JSON.stringify(json)).not.toContain(good);
    expect(json).toMatchObject({ kind: 'UserPassword', metadata: { name }, spec: { mustChange: true } });
    const { hasPassword, mustChangePassword } = await admin.users.get(name);
    expect({ hasPassword, mustChangePassword }).toEqual({ hasPassword: true, mustChangePassword: true });
    expect(admin.events.at(-1)).toMatchObject({ action: 'password.set', actor: 'gateway:jane' });
  });

  it('that the policy refuses are refused by their path, and not quoted', async () => {
    const { name } = await made();
    const { json } = await admin.ask('POST', `users/${name}/password`, { spec: { password: 'qwerty' } });
    expect(json).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec.password', reason: 'FieldValueInvalid' }] },
    });
    expect(JSON.stringify(json)).not.toContain('qwerty');
    expect((await admin.ask('POST', `users/${name}/password`, { spec: {} })).json.message).toContain(
      'spec.password: Required value',
    );
  });

  it('are chosen by the person with a reset, whose code is given once', async () => {
    const { name } = await made();
    const { json } = await admin.ask('POST', `users/${name}/reset`, {});
    expect(json.status).toMatchObject({
      page: 'https://login.example.com/dex/reset',
      expirationTimestamp: '2027-01-16T08:00:00Z',
    });
    await admin.users.redeemReset(json.status.token, better, operator);
    expect(JSON.stringify((await admin.ask('GET', `users/${name}`)).json)).not.toContain(json.status.token);
    expect((await admin.users.get(name)).hasPassword).toBe(true);
  });
});

describe('second factors of users', () => {
  it('are taken away by a subresource, also of those of the configuration file', async () => {
    const taken: unknown[] = [];
    const reset = async (...asked: unknown[]) => taken.push(asked) === 1;
    const served = await serveAdmin({ identity: { factors: { ...nothingElse.factors, reset } } });
    try {
      const first = await served.ask('POST', 'users/id-jane/factorreset', {});
      const second = await served.ask('POST', 'users/id-jane/factorreset', {});
      expect([first.json, second.json]).toMatchObject([
        { kind: 'UserFactorReset', status: { removed: true } },
        { kind: 'UserFactorReset', status: { removed: false } },
      ]);
      expect(taken[0]).toMatchObject(['id-jane', { name: 'gateway:jane' }]);
      expect((await served.ask('POST', 'users/nobody/factorreset', {})).status).toBe(404);
    } finally {
      await served.close();
    }
  });
});

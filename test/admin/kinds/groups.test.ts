import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operator } from '../../identity/support/local-accounts.ts';
import { serveAdmin } from '../support/served-admin.ts';

let admin: Awaited<ReturnType<typeof serveAdmin>>;
beforeEach(async () => {
  admin = await serveAdmin();
});
afterEach(() => admin.close());

const group = (name: string, spec: object = {}) => ({ kind: 'Group', metadata: { name }, spec });

describe('groups', () => {
  it('are made, shown, changed and deleted', async () => {
    const made = await admin.ask('POST', 'groups', group('ops', { description: 'On call' }));
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      kind: 'Group',
      apiVersion: 'sallyport.dev/v1',
      metadata: { name: 'ops' },
      spec: { description: 'On call', memberOf: [] },
      status: { subgroups: [] },
    });
    await admin.ask('POST', 'groups', group('night', { memberOf: ['ops'] }));
    expect((await admin.ask('GET', 'groups/ops')).json.status.subgroups).toEqual(['night']);
    const changed = await admin.ask('PATCH', 'groups/night', { spec: { memberOf: null } });
    expect(changed.json.spec).toEqual({ description: '', memberOf: [] });
    const { id } = await admin.users.create({ email: 'amy@example.com', groups: ['ops'] }, operator);
    expect((await admin.ask('DELETE', 'groups/ops')).json.status).toBe('Success');
    expect((await admin.users.get(id)).groups).toEqual([]);
    expect((await admin.ask('GET', 'groups')).json.items.map(nameOf)).toEqual(['night']);
  });

  it('are refused by the field that is wrong', async () => {
    await admin.ask('POST', 'groups', group('ops'));
    const refused = async (body: object) => (await admin.ask('POST', 'groups', body)).json;
    expect(await refused(group('ops'))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'groups.sallyport.dev "ops" already exists',
    });
    for (const [body, field] of [
      [{ kind: 'Group' }, 'metadata.name'],
      [group('a/b'), 'metadata.name'],
      [group('system:masters'), 'metadata.name'],
      [group('new', { memberOf: ['none'] }), 'spec.memberOf'],
      [group('new', { memberOf: ['new'] }), 'spec.memberOf'],
    ] as const) {
      expect(await refused(body)).toMatchObject({ code: 422, details: { causes: [{ field }] } });
    }
  });

  it('are checked and not made in a dry run', async () => {
    expect((await admin.ask('POST', 'groups?dryRun=All', group('ops'))).status).toBe(201);
    expect((await admin.ask('GET', 'groups/ops')).status).toBe(404);
    await admin.ask('POST', 'groups', group('ops'));
    expect((await admin.ask('POST', 'groups?dryRun=All', group('ops'))).json.code).toBe(409);
    const dry = await admin.ask('PATCH', 'groups/ops?dryRun=All', { spec: { description: 'x' } });
    expect(dry.json.spec.description).toBe('x');
    expect((await admin.ask('DELETE', 'groups/ops?dryRun=All')).status).toBe(200);
    expect((await admin.ask('GET', 'groups/ops')).json.spec.description).toBe('');
  });

  it('of which somebody has another idea meanwhile are not overwritten', async () => {
    const { json } = await admin.ask('POST', 'groups', group('ops'));
    await admin.groups.update('ops', { description: 'first' }, operator);
    const late = await admin.ask('PUT', 'groups/ops', { ...json, spec: { description: 'second' } });
    expect(late.json).toMatchObject({ code: 409, reason: 'Conflict' });
    expect((await admin.ask('PATCH', 'groups/ops', { spec: { description: 'third' } })).status).toBe(200);
  });
});

function nameOf({ metadata }: { readonly metadata: { readonly name: string } }): string {
  return metadata.name;
}

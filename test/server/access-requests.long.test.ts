import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyObject } from '../../src/rbac/index.ts';
import { parseManifests } from '../rbac/parse-manifests.ts';
import { bindingTo, serveAskedCluster } from './support/asked-cluster.ts';

const FILE = resolve(import.meta.dirname, '../../config/rbac/sallyport.yaml');
const REQUESTER = 'sallyport:access-requester';
const APPROVER = 'sallyport:access-approver';

let served: Awaited<ReturnType<typeof serveAskedCluster>>;
beforeAll(async () => {
  const roles = parseManifests(readFileSync(FILE, 'utf8'), FILE) as unknown as readonly PolicyObject[];
  served = await serveAskedCluster([
    ...roles,
    ...['amy', 'bob', 'carol'].map((user) => bindingTo(REQUESTER, user)),
    // Bob leads team-a: he may do what an admin of a namespace may, and decide there.
    bindingTo('admin', 'bob', 'team-a'),
    bindingTo(APPROVER, 'bob', 'team-a'),
    // Carol may decide there, too, and may not hand out much.
    bindingTo('view', 'carol', 'team-a'),
    bindingTo(APPROVER, 'carol', 'team-a'),
    bindingTo('cluster-admin', 'root'),
  ]);
});
afterAll(() => served.close());

const pathOf = (namespace: string, name = '') =>
  `/apis/sallyport.dev/v1/namespaces/${namespace}/accessrequests${name === '' ? '' : `/${name}`}`;
const PODS = '/api/v1/namespaces/team-a/pods';

const wanted = (name: string, more: object = {}) => ({
  kind: 'AccessRequest',
  metadata: { name },
  spec: { role: { name: 'edit' }, duration: '2h', reason: 'the pager rang', ...more },
});
const decision = (word: string, message = '') => ({
  kind: 'AccessDecision',
  spec: { decision: word, message },
});

describe('access requests through the gateway', () => {
  it('are asked for, approved by somebody else, and mean what they say until they are revoked', async () => {
    const { ask } = served;
    expect((await ask('amy', 'GET', PODS)).status).toBe(403);
    const made = await ask('amy', 'POST', pathOf('team-a'), wanted('first'));
    expect(made).toMatchObject({
      status: 201,
      json: {
        kind: 'AccessRequest',
        metadata: { name: 'first', namespace: 'team-a', uid: expect.any(String) },
        spec: { role: { kind: 'ClusterRole', name: 'edit' }, duration: '2h', reason: 'the pager rang' },
        status: { phase: 'Pending', requester: 'amy' },
      },
    });
    const done = await ask('bob', 'POST', `${pathOf('team-a', 'first')}/decision`, decision('Approve', 'go'));
    expect(done).toMatchObject({
      status: 201,
      json: { status: { phase: 'Active', decision: { by: 'bob', message: 'go' } } },
    });
    expect((await ask('amy', 'GET', PODS)).status).toBe(200);
    expect((await ask('amy', 'GET', '/api/v1/namespaces/team-b/pods')).status).toBe(403);
    const bindings = `/apis/rbac.authorization.k8s.io/v1/namespaces/team-a/rolebindings`;
    const [binding] = (await ask('root', 'GET', bindings)).json.items;
    expect(binding).toMatchObject({
      metadata: { name: `sallyport-access-${made.json.metadata.uid}` },
      subjects: [{ kind: 'User', name: 'amy' }],
    });
    const again = await ask('bob', 'POST', `${pathOf('team-a', 'first')}/decision`, decision('Approve'));
    expect(again.json).toMatchObject({ code: 409, reason: 'Conflict' });
    const ended = await ask('amy', 'POST', `${pathOf('team-a', 'first')}/decision`, decision('Revoke'));
    expect(ended.json.status).toMatchObject({ phase: 'Revoked', revocation: { by: 'amy' } });
    expect((await ask('amy', 'GET', PODS)).status).toBe(403);
    expect((await ask('root', 'GET', bindings)).json.items).toEqual([]);
    expect((await ask('amy', 'DELETE', pathOf('team-a', 'first'))).status).toBe(403);
    expect((await ask('bob', 'DELETE', pathOf('team-a', 'first'))).status).toBe(200);
    expect(served.told).toMatchObject([
      { action: 'access.request', actor: 'gateway:amy', subject: 'team-a/first', result: 'success' },
      { action: 'access.approve', actor: 'gateway:bob', detail: 'amy: ClusterRole/edit for 2h' },
      { action: 'access.approve', actor: 'gateway:bob', result: 'failure', reason: 'conflict' },
      { action: 'access.revoke', actor: 'gateway:amy' },
      { action: 'access.delete', actor: 'gateway:bob', requestId: expect.any(String) },
    ]);
  });

  it('are not approved by who asks, nor for more than who approves may hand out', async () => {
    const { ask } = served;
    const decideAs = (user: string, name: string, headers = {}) =>
      ask(user, 'POST', `${pathOf('team-a', name)}/decision`, decision('Approve'), headers);
    await ask('bob', 'POST', pathOf('team-a'), wanted('of-bob'));
    expect((await decideAs('bob', 'of-bob')).json.message).toContain('somebody else has to decide');
    const asCarol = await ask('root', 'POST', pathOf('team-a'), wanted('by-root'), {
      'impersonate-user': 'carol',
    });
    expect(asCarol.json.status).toMatchObject({ requester: 'carol', impersonator: 'root' });
    for (const headers of [{}, { 'impersonate-user': 'bob' }])
      expect((await decideAs('root', 'by-root', headers)).json.message).toContain(
        'somebody else has to decide',
      );
    await ask('amy', 'POST', pathOf('team-a'), wanted('too-much'));
    expect((await decideAs('carol', 'too-much')).json).toMatchObject({
      code: 403,
      message: expect.stringContaining('is attempting to grant RBAC permissions not currently held:'),
    });
    await ask('amy', 'POST', pathOf('team-a'), wanted('enough', { role: { name: 'view' } }));
    expect((await decideAs('carol', 'enough')).json.status.phase).toBe('Active');
    expect((await decideAs('amy', 'of-bob')).json).toMatchObject({
      code: 403,
      message: expect.stringContaining('needs the verb "approve"'),
    });
  });

  it('are decided where the approver may decide', async () => {
    const { ask } = served;
    await ask('amy', 'POST', pathOf('team-b'), wanted('elsewhere'));
    const refused = await ask(
      'bob',
      'POST',
      `${pathOf('team-b', 'elsewhere')}/decision`,
      decision('Approve'),
    );
    expect(refused.json).toMatchObject({ code: 403 });
    expect((await ask('bob', 'GET', pathOf('team-b'))).status).toBe(403);
    // In no namespace, and in one that is not the object's.
    const nowhere = '/apis/sallyport.dev/v1/accessrequests';
    expect((await ask('root', 'POST', nowhere, wanted('nowhere'))).status).toBe(405);
    expect((await ask('root', 'GET', `${nowhere}/elsewhere`)).status).toBe(404);
    const other = { ...wanted('x'), metadata: { name: 'x', namespace: 'team-b' } };
    expect((await ask('amy', 'POST', pathOf('team-a'), other)).status).toBe(400);
  });

  it('for the whole cluster are another kind, and another binding', async () => {
    const { ask } = served;
    const path = '/apis/sallyport.dev/v1/clusteraccessrequests';
    const body = { ...wanted('wide', { role: { name: 'view' } }), kind: 'ClusterAccessRequest' };
    expect((await ask('amy', 'POST', path, body)).status).toBe(201);
    expect((await ask('bob', 'POST', `${path}/wide/decision`, decision('Approve'))).status).toBe(403);
    const done = await ask('root', 'POST', `${path}/wide/decision`, decision('Approve'));
    expect(done.json.status.phase).toBe('Active');
    expect((await ask('amy', 'GET', '/api/v1/namespaces/team-b/pods')).status).toBe(200);
    expect((await ask('root', 'GET', '/apis/sallyport.dev/v1/accessrequests')).json.items).not.toContainEqual(
      expect.objectContaining({ metadata: expect.objectContaining({ name: 'wide' }) }),
    );
    await ask('root', 'DELETE', `${path}/wide`);
    expect((await ask('amy', 'GET', '/api/v1/namespaces/team-b/pods')).status).toBe(403);
  });

  it('tell the approver what is wrong with them', async () => {
    const { ask } = served;
    const refused = async (namespace: string, name: string, spec: object) => {
      await ask('amy', 'POST', pathOf(namespace), wanted(name, spec));
      return (await ask('root', 'POST', `${pathOf(namespace, name)}/decision`, decision('Approve'))).json;
    };
    expect(await refused('team-a', 'no-role', { role: { name: 'edti' } })).toMatchObject({
      code: 404,
      message: 'clusterroles.rbac.authorization.k8s.io "edti" not found',
    });
    expect(await refused('nowhere', 'no-namespace', {})).toMatchObject({
      code: 404,
      message: expect.stringContaining('namespaces "nowhere" not found'),
    });
    const wrong = await ask('bob', 'POST', `${pathOf('team-a', 'no-role')}/decision`, decision('Aprove'));
    expect(wrong.json).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.decision' }] } });
    const long = wanted('long', { duration: '9h' });
    expect((await ask('amy', 'POST', pathOf('team-a'), long)).json).toMatchObject({
      code: 422,
      message: expect.stringContaining('must be no more than 8h'),
    });
  });

  it('are listed, selected, shown as a table, paged and watched', async () => {
    const { ask, url } = served;
    const all = '/apis/sallyport.dev/v1/accessrequests';
    for (const name of ['n1', 'n2']) {
      await ask('amy', 'POST', pathOf('team-a'), wanted(name));
      await ask('amy', 'POST', pathOf('team-b'), wanted(name));
    }
    const whole = (await ask('root', 'GET', all)).json;
    const placesOf = (list: { items: readonly { metadata: { namespace: string; name: string } }[] }) =>
      list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    const paged: string[] = [];
    let token = '';
    do {
      const page = (await ask('root', 'GET', `${all}?limit=2&continue=${token}`)).json;
      paged.push(...placesOf(page));
      token = page.metadata.continue ?? '';
    } while (token !== '');
    expect(paged).toEqual(placesOf(whole));
    const active = await ask('root', 'GET', `${all}?fieldSelector=status.phase=Active`);
    expect(placesOf(active.json)).toEqual(['team-a/enough']);
    const table = await ask('bob', 'GET', pathOf('team-a', 'n1'), undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    expect(table.json.rows[0].cells.slice(0, 6)).toEqual([
      'n1',
      'amy',
      'ClusterRole/edit',
      '2h',
      'Pending',
      '<none>',
    ]);

    const watch = await fetch(
      `${url}${pathOf('team-b')}?watch=true&resourceVersion=${whole.metadata.resourceVersion}`,
      { headers: { authorization: 'Bearer root' } },
    );
    await ask('amy', 'POST', pathOf('team-a'), wanted('n3'));
    await ask('amy', 'POST', pathOf('team-b'), wanted('n3'));
    const reader = watch.body?.pipeThrough(new TextDecoderStream()).getReader();
    const { value = '' } = (await reader?.read()) ?? {};
    expect(JSON.parse(value)).toMatchObject({
      type: 'ADDED',
      object: { metadata: { namespace: 'team-b', name: 'n3' } },
    });
    await reader?.cancel();
  });

  it('are in discovery, and explained', async () => {
    const { json } = await served.ask('root', 'GET', '/apis/sallyport.dev/v1');
    expect(json.resources).toContainEqual(
      expect.objectContaining({ name: 'accessrequests', namespaced: true, shortNames: ['ar'] }),
    );
    const openapi = await served.ask('root', 'GET', '/openapi/v3/apis/sallyport.dev/v1');
    const paths = Object.keys(openapi.json.paths);
    expect(paths).toContain('/apis/sallyport.dev/v1/namespaces/{namespace}/accessrequests/{name}/decision');
  });

  it('end in time also where nobody takes the binding away', async () => {
    const { ask, leader } = served;
    leader.leads = false;
    await ask('carol', 'POST', pathOf('team-a'), wanted('short', { duration: '1s' }));
    await ask('bob', 'POST', `${pathOf('team-a', 'short')}/decision`, decision('Approve'));
    expect((await ask('carol', 'POST', `${PODS}?dryRun=All`, {})).status).not.toBe(403);
    const waiting = { timeout: 10_000, interval: 20 };
    await expect
      .poll(async () => (await ask('carol', 'POST', `${PODS}?dryRun=All`, {})).status, waiting)
      .toBe(403);
    const bindings = `/apis/rbac.authorization.k8s.io/v1/namespaces/team-a/rolebindings`;
    const { items } = (await ask('root', 'GET', bindings)).json;
    expect(JSON.stringify(items)).toContain('team-a/short');
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, eventually, startCluster, type TestCluster } from '../support.ts';

const merge = { 'Content-Type': 'application/merge-patch+json' };
const path = '/api/v1/namespaces/default/configmaps';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(async () => {
  expect(cluster.logged).toEqual([]);
  await cluster.close();
});

const code = async (target: string) => (await cluster.send('GET', target)).code;
const becomes = (target: string, expected: number) =>
  eventually(async () => ((await code(target)) === expected ? true : undefined));

async function create(target: string, body: unknown) {
  const answer = await cluster.send('POST', target, body);
  expect(answer.code).toBe(201);
  return answer.json;
}

describe('namespaces', () => {
  it('are born with their label, finalizer, phase, ServiceAccount and CA', async () => {
    const namespace = await create('/api/v1/namespaces', { metadata: { name: 'dev' } });
    expect(namespace).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'dev' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    await becomes('/api/v1/namespaces/dev/serviceaccounts/default', 200);
    await becomes('/api/v1/namespaces/dev/configmaps/kube-root-ca.crt', 200);
  });

  it('get back what every namespace must have', async () => {
    const account = '/api/v1/namespaces/default/serviceaccounts/default';
    await becomes(account, 200);
    const { uid } = (await cluster.send('GET', account)).json.metadata;
    await cluster.send('DELETE', account);
    await eventually(async () => {
      const { json } = await cluster.send('GET', account);
      return json.kind === 'ServiceAccount' && json.metadata.uid !== uid ? true : undefined;
    });
  });

  it('go when their content has gone, and take it along', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'dev' } });
    await create('/api/v1/namespaces/dev/configmaps', configMap('x'));
    const answer = await cluster.send('DELETE', '/api/v1/namespaces/dev');
    expect([answer.code, answer.json.status.phase]).toEqual([200, 'Terminating']);
    expect(answer.json.metadata.deletionTimestamp).toBe('2026-11-24T00:00:00Z');
    await becomes('/api/v1/namespaces/dev', 404);
    expect(await code('/api/v1/namespaces/dev/configmaps/x')).toBe(404);
  });

  it('wait for a finalizer inside, and take nothing new meanwhile', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'dev' } });
    const inside = '/api/v1/namespaces/dev/configmaps';
    await create(inside, configMap('held', {}, { finalizers: ['x.io/f'] }));
    await cluster.send('DELETE', '/api/v1/namespaces/dev');
    const refused = await cluster.send('POST', inside, configMap('late'));
    expect(refused.json).toMatchObject({
      code: 403,
      message:
        'configmaps "late" is forbidden: unable to create new content in namespace dev because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    });
    await becomes(`${inside}/kube-root-ca.crt`, 404);
    expect(await code('/api/v1/namespaces/dev')).toBe(200);
    await cluster.send('PATCH', `${inside}/held`, { metadata: { finalizers: null } }, merge);
    await becomes('/api/v1/namespaces/dev', 404);
  });

  it.each(['default', 'kube-system', 'kube-public'])('%s cannot be deleted', async (name) => {
    const answer = await cluster.send('DELETE', `/api/v1/namespaces/${name}`);
    expect(answer.json.message).toBe(`namespaces "${name}" is forbidden: this namespace may not be deleted`);
  });

  it('keep their finalizers on the main path', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'dev' } });
    const answer = await cluster.send('PUT', '/api/v1/namespaces/dev', {
      metadata: { name: 'dev' },
      spec: {},
    });
    expect(answer.json).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  });
});

describe('pods', () => {
  it('go at once: nothing runs them', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    await create(pods, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    const answer = await cluster.send('DELETE', `${pods}/p`, { gracePeriodSeconds: 30 });
    expect([answer.code, answer.json.kind, answer.json.metadata.deletionGracePeriodSeconds]).toEqual([
      200,
      'Pod',
      0,
    ]);
    expect(await code(`${pods}/p`)).toBe(404);
  });

  it('hold the claims that they use', async () => {
    const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
    const resources = { requests: { storage: '1Gi' } };
    await create(claims, { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources } });
    await create('/api/v1/namespaces/default/pods', {
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'd' } }],
      },
    });
    expect((await cluster.send('DELETE', `${claims}/d`)).json.metadata.finalizers).toEqual([
      'kubernetes.io/pvc-protection',
    ]);
    expect(await code(`${claims}/d`)).toBe(200);
    await cluster.send('DELETE', '/api/v1/namespaces/default/pods/p');
    await becomes(`${claims}/d`, 404);
  });
});

describe('a volume and a class of attributes', () => {
  const volumes = '/api/v1/persistentvolumes';
  const classes = '/apis/storage.k8s.io/v1/volumeattributesclasses';
  const spec = {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    csi: { driver: 'd', volumeHandle: 'h' },
    volumeAttributesClassName: 'gold',
  };

  it('are held as long as they are used', async () => {
    await create(classes, { metadata: { name: 'gold' }, driverName: 'd', parameters: { iops: '1' } });
    await create(volumes, { metadata: { name: 'v' }, spec });
    await cluster.send('PATCH', `${volumes}/v/status`, { status: { phase: 'Bound' } }, merge);
    const deletions = [`${classes}/gold`, `${volumes}/v`].map((each) => cluster.send('DELETE', each));
    expect((await Promise.all(deletions)).map(({ json }) => json.metadata.finalizers)).toEqual([
      ['kubernetes.io/vac-protection'],
      ['kubernetes.io/pv-protection'],
    ]);
    await cluster.send('PATCH', `${volumes}/v/status`, { status: { phase: 'Released' } }, merge);
    await becomes(`${volumes}/v`, 404);
    await becomes(`${classes}/gold`, 404);
  });
});

describe('garbage collection by owner', () => {
  const ownedBy = (...owners: { metadata: { name: string; uid: string } }[]) => ({
    ownerReferences: owners.map(({ metadata: { name, uid } }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid,
    })),
  });

  it('follows the owner in the background, down the line', async () => {
    const top = await create(path, configMap('top'));
    const middle = await create(path, configMap('middle', {}, ownedBy(top)));
    await create(path, configMap('bottom', {}, ownedBy(middle)));
    await cluster.send('DELETE', `${path}/top`);
    await becomes(`${path}/bottom`, 404);
    expect(await code(`${path}/middle`)).toBe(404);
  });

  it('spares what has another owner, and drops the dead reference', async () => {
    const one = await create(path, configMap('one'));
    const two = await create(path, configMap('two'));
    await create(path, configMap('child', {}, ownedBy(one, two)));
    await cluster.send('DELETE', `${path}/one`);
    await eventually(async () => {
      const { json } = await cluster.send('GET', `${path}/child`);
      return json.metadata.ownerReferences.length === 1 ? true : undefined;
    });
    expect((await cluster.send('GET', `${path}/child`)).json.metadata.ownerReferences[0].name).toBe('two');
  });

  it('deletes dependents first in the foreground', async () => {
    const top = await create(path, configMap('top'));
    await create(path, configMap('held', {}, { ...ownedBy(top), finalizers: ['x.io/f'] }));
    const answer = await cluster.send('DELETE', `${path}/top?propagationPolicy=Foreground`);
    expect(answer.json.metadata.finalizers).toEqual(['foregroundDeletion']);
    await eventually(async () => {
      const { deletionTimestamp, finalizers } = (await cluster.send('GET', `${path}/held`)).json.metadata;
      return deletionTimestamp !== undefined && finalizers.length === 1 ? true : undefined;
    });
    const revision = await cluster.store.revision();
    expect(await code(`${path}/top`)).toBe(200);
    expect(await cluster.store.revision()).toBe(revision);
    await cluster.send('PATCH', `${path}/held`, { metadata: { finalizers: null } }, merge);
    await becomes(`${path}/top`, 404);
    expect(await code(`${path}/held`)).toBe(404);
  });

  const own = (target: string, ...owners: Parameters<typeof ownedBy>) =>
    cluster.send('PATCH', target, { metadata: ownedBy(...owners) }, merge);

  it('lets go in the foreground what owns itself', async () => {
    const self = await create(path, configMap('self'));
    await own(`${path}/self`, self);
    await cluster.send('DELETE', `${path}/self?propagationPolicy=Foreground`);
    await becomes(`${path}/self`, 404);
  });

  it('lets go in the foreground what owns each other, when nothing else holds it', async () => {
    const a = await create(path, configMap('a'));
    const b = await create(path, configMap('b', {}, ownedBy(a)));
    const c = await create(path, configMap('c', {}, ownedBy(b)));
    await own(`${path}/a`, c);
    await create(path, configMap('held', {}, { ...ownedBy(c), finalizers: ['x.io/f'] }));
    await cluster.send('DELETE', `${path}/a?propagationPolicy=Foreground`);
    await eventually(async () => {
      const { metadata } = (await cluster.send('GET', `${path}/held`)).json;
      return metadata.deletionTimestamp === undefined ? undefined : true;
    });
    for (const name of ['a', 'b', 'c']) expect(await code(`${path}/${name}`)).toBe(200);
    await cluster.send('PATCH', `${path}/held`, { metadata: { finalizers: null } }, merge);
    for (const name of ['c', 'b', 'a']) await becomes(`${path}/${name}`, 404);
  });

  it('leaves a protected namespace alone, whatever it names as owner', async () => {
    const owner = { apiVersion: 'v1', kind: 'Namespace', name: 'gone', uid: 'u' };
    const lost = { metadata: { ownerReferences: [owner] } };
    expect((await cluster.send('PATCH', '/api/v1/namespaces/default', lost, merge)).code).toBe(200);
    // Work is done in order: when this one has gone, the namespace has had its turn.
    await create('/api/v1/namespaces', { metadata: { name: 'other', ...lost.metadata } });
    await becomes('/api/v1/namespaces/other', 404);
    expect(await code('/api/v1/namespaces/default')).toBe(200);
  });

  it('orphans on request', async () => {
    const top = await create(path, configMap('top'));
    await create(path, configMap('child', {}, ownedBy(top)));
    await cluster.send('DELETE', `${path}/top`, { propagationPolicy: 'Orphan' });
    await becomes(`${path}/top`, 404);
    const child = await cluster.send('GET', `${path}/child`);
    expect([child.code, child.json.metadata.ownerReferences]).toEqual([200, undefined]);
  });

  it('removes what names an owner of another uid, and leaves what it cannot judge', async () => {
    const top = await create(path, configMap('top'));
    const impostor = { metadata: { ...top.metadata, uid: '00000000-0000-0000-0000-000000000000' } };
    await create(path, configMap('wrong', {}, ownedBy(impostor)));
    const unknown = [{ apiVersion: 'example.com/v1', kind: 'Thing', name: 't', uid: 'u' }];
    await create(path, configMap('foreign', {}, { ownerReferences: unknown }));
    await becomes(`${path}/wrong`, 404);
    expect(await code(`${path}/foreign`)).toBe(200);
  });
});

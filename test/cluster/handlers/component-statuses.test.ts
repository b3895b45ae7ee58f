import { expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';
import { startCluster } from '../support.ts';

const path = '/api/v1/componentstatuses';

it('components are as they are here', async () => {
  const memory = createMemoryStore();
  let isAway = false;
  const store: Store = {
    ...memory,
    get: (key) => (isAway ? Promise.reject(new Error('context deadline exceeded')) : memory.get(key)),
  };
  const cluster = await startCluster({ store, runsControllers: true });
  const Accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const table = async () => {
    const { json } = await cluster.send('GET', path, undefined, { Accept });
    return json.rows.map(({ cells }: { cells: unknown }) => cells);
  };
  const refused =
    'Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused';
  expect(await table()).toEqual([
    ['controller-manager', 'Healthy', 'ok', ''],
    ['etcd-0', 'Healthy', 'ok', ''],
    ['scheduler', 'Unhealthy', refused, ''],
  ]);
  const one = await cluster.send('GET', `${path}/etcd-0`);
  expect(one.headers.get('warning')).toBe('299 - "v1 ComponentStatus is deprecated in v1.19+"');
  expect(one.json).toEqual({
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name: 'etcd-0' },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });
  isAway = true;
  expect((await table())[1]).toEqual(['etcd-0', 'Unhealthy', 'context deadline exceeded', '']);
  isAway = false;
  expect((await cluster.send('GET', `${path}/absent`)).json.message).toBe(
    'componentstatuses "absent" not found',
  );
  expect((await cluster.send('DELETE', `${path}/etcd-0`)).code).toBe(405);
  await cluster.close();
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';
import { startCluster, startTime, type TestCluster } from '../support.ts';

const flowcontrol = '/apis/flowcontrol.apiserver.k8s.io/v1';
const networking = '/apis/networking.k8s.io/v1';
let store: Store;
let cluster: TestCluster;
beforeAll(async () => {
  store = createMemoryStore();
  cluster = await startCluster({ store, runsPods: true });
});
afterAll(() => cluster.close());

async function get(path: string) {
  return (await cluster.send('GET', path)).json;
}

async function names(path: string): Promise<readonly string[]> {
  const { items } = await get(path);
  return items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
}

const time = '2026-11-24T00:00:00Z';

describe('what kube-apiserver makes of itself', () => {
  it('says how requests are queued, in objects that nobody has to write', async () => {
    expect(await names(`${flowcontrol}/prioritylevelconfigurations`)).toEqual([
      'catch-all',
      'exempt',
      'global-default',
      'leader-election',
      'node-high',
      'system',
      'workload-high',
      'workload-low',
    ]);
    expect(await names(`${flowcontrol}/flowschemas`)).toHaveLength(11);
    const Accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const table = (await cluster.send('GET', `${flowcontrol}/flowschemas`, undefined, { Accept })).json;
    const printed = table.rows.map(({ cells }: { cells: [string, string, number] }) => [cells[0], cells[2]]);
    expect(printed.slice(0, 3)).toEqual([
      ['exempt', 1],
      ['probes', 2],
      ['system-leader-election', 100],
    ]);
    expect(printed.at(-1)).toEqual(['catch-all', 10_000]);
    const probes = await get(`${flowcontrol}/flowschemas/probes`);
    expect(probes.metadata).toMatchObject({ generation: 1, creationTimestamp: time });
    expect(probes.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(probes.spec.priorityLevelConfiguration).toEqual({ name: 'exempt' });
    expect(probes.status.conditions).toEqual([
      {
        type: 'Dangling',
        status: 'False',
        lastTransitionTime: time,
        reason: 'Found',
        message:
          'This FlowSchema references the PriorityLevelConfiguration object named "exempt" and it exists',
      },
    ]);
  });

  it('says where services have their addresses from and where the API is', async () => {
    expect((await get(`${networking}/servicecidrs/kubernetes`)).spec).toEqual({ cidrs: ['10.96.0.0/12'] });
    const endpoints = await get('/api/v1/namespaces/default/endpoints/kubernetes');
    const [{ addresses, ports }] = endpoints.subsets;
    expect(ports).toEqual([{ name: 'https', port: 6443, protocol: 'TCP' }]);
    const slice = await get('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
    expect(slice.endpoints[0].addresses).toEqual([addresses[0].ip]);
    const tracking = 'kube-apiserver-legacy-service-account-token-tracking';
    const { data } = await get(`/api/v1/namespaces/kube-system/configmaps/${tracking}`);
    expect(data).toEqual({ since: '2026-11-24' });
  });

  it('has a lease of the node', async () => {
    const node = await get('/api/v1/nodes/sallyport-node');
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/sallyport-node';
    const lease = await get(path);
    expect(lease.spec).toEqual({
      holderIdentity: 'sallyport-node',
      leaseDurationSeconds: 40,
      renewTime: '2026-11-24T00:00:00.000000Z',
    });
    expect(lease.metadata.ownerReferences[0].uid).toBe(node.metadata.uid);
    const later = await startCluster({ store, runsPods: true, now: () => startTime + 1500 });
    expect((await later.send('GET', path)).json.spec.renewTime).toBe('2026-11-24T00:00:01.500000Z');
    await later.close();
  });

  it('is made again at a start when it has been deleted, and otherwise nothing is written', async () => {
    await cluster.send('DELETE', `${flowcontrol}/flowschemas/probes`);
    const revision = await store.revision();
    const second = await startCluster({ store });
    expect((await second.send('GET', `${flowcontrol}/flowschemas/probes`)).code).toBe(200);
    expect(await store.revision()).toBe(revision + 1);
    await second.close();
  });
});

describe('an IPAddress', () => {
  const services = '/api/v1/namespaces/default/services';
  const service = (name: string, spec: object) => ({
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  it('stands for each address of a service, from its first to its last moment', async () => {
    const answer = await cluster.send('POST', services, service('a', {}));
    const { clusterIP } = answer.json.spec;
    const address = await get(`${networking}/ipaddresses/${clusterIP}`);
    expect(address.spec).toEqual({ parentRef: { resource: 'services', namespace: 'default', name: 'a' } });
    expect(address.metadata.labels).toEqual({
      'ipaddress.kubernetes.io/ip-family': 'IPv4',
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
    });
    await cluster.send('DELETE', `${services}/a`);
    expect((await cluster.send('GET', `${networking}/ipaddresses/${clusterIP}`)).code).toBe(404);
  });

  it('that somebody has made is given to no service', async () => {
    const taken = {
      metadata: { name: '10.96.7.7' },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'elsewhere' } },
    };
    expect((await cluster.send('POST', `${networking}/ipaddresses`, taken)).code).toBe(201);
    const refused = await cluster.send('POST', services, service('b', { clusterIP: '10.96.7.7' }));
    expect([refused.code, refused.json.message]).toEqual([
      422,
      'Service "b" is invalid: spec.clusterIPs[0]: Invalid value: "10.96.7.7": failed to allocate IP 10.96.7.7: provided IP is already allocated',
    ]);
  });

  it('that somebody has deleted leaves the address with its service, and is there again after a start', async () => {
    await cluster.send('POST', services, service('c', { clusterIP: '10.96.7.8' }));
    await cluster.send('DELETE', `${networking}/ipaddresses/10.96.7.8`);
    expect((await cluster.send('POST', services, service('d', { clusterIP: '10.96.7.8' }))).code).toBe(422);
    const second = await startCluster({ store });
    const path = `${networking}/ipaddresses/10.96.7.8`;
    expect((await second.send('GET', path)).json.spec.parentRef.name).toBe('c');
    await second.close();
  });
});

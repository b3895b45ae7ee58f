import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endpointSlices, endpointsObjects, pods, services } from '../../../src/cluster/controllers/kinds.ts';
import { startWorld, type TestWorld } from './support.ts';

const labels = { app: 'web' };

function pod(name: string, port = 8080) {
  const ports = [{ name: 'http', containerPort: port }];
  return { metadata: { name, labels }, spec: { containers: [{ name: 'main', image: 'nginx', ports }] } };
}

function service(spec: object = {}) {
  return {
    metadata: { name: 'web', labels },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  };
}

describe('endpoints of a service', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const run = (name: string, address: number, isReady = true) =>
    world.setPod(name, 'Running', isReady, { podIP: `10.244.0.${address}` });

  /** But for those of the API itself. */
  const slices = async () =>
    (await world.list(endpointSlices)).filter(({ metadata }) => metadata.name !== 'kubernetes');

  it('are those of its pods, ready or not', async () => {
    await world.make(services, service());
    await world.settle();
    expect(await slices()).toMatchObject([{ addressType: 'IPv4', endpoints: null }]);
    for (const name of ['a', 'b', 'waits']) await world.make(pods, pod(name));
    await run('a', 2);
    await run('b', 3, false);
    await world.settle();
    const [slice, ...others] = await slices();
    expect(others).toEqual([]);
    expect(slice).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^web-[a-z0-9]{5}$/),
        labels: {
          app: 'web',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
      },
      endpoints: [
        {
          addresses: ['10.244.0.2'],
          conditions: { ready: true, serving: true, terminating: false },
          targetRef: { kind: 'Pod', name: 'a', namespace: 'default' },
        },
        { addresses: ['10.244.0.3'], conditions: { ready: false, serving: false, terminating: false } },
      ],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
    expect(await world.get(endpointsObjects, 'web')).toMatchObject({
      subsets: [
        {
          addresses: [{ ip: '10.244.0.2', targetRef: { name: 'a' } }],
          notReadyAddresses: [{ ip: '10.244.0.3' }],
          ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('follow pods that come to be selected, leave, and end', async () => {
    await world.make(services, service());
    await world.make(pods, pod('a'));
    await world.make(pods, pod('b'));
    await run('a', 2);
    await run('b', 3);
    const addresses = async () => {
      await world.settle();
      const [slice] = await slices();
      const found = (slice ?? expect.fail())['endpoints'] as readonly { addresses: string[] }[] | null;
      return (found ?? []).flatMap((each) => each.addresses);
    };
    expect(await addresses()).toEqual(['10.244.0.2', '10.244.0.3']);
    await world.change(pods, 'a', (object) => ({ ...object, metadata: { ...object.metadata, labels: {} } }));
    expect(await addresses()).toEqual(['10.244.0.3']);
    await world.remove(pods, 'b');
    expect(await addresses()).toEqual([]);
    expect(await world.get(endpointsObjects, 'web')).not.toHaveProperty('subsets');
  });

  it('have a slice for each set of ports', async () => {
    await world.make(services, service());
    await world.make(pods, pod('a', 8080));
    await world.make(pods, pod('b', 9090));
    await run('a', 2);
    await run('b', 3);
    await world.settle();
    const ports = (await slices()).flatMap((slice) => slice['ports'] as { port: number }[]);
    expect(ports.map(({ port }) => port).toSorted()).toEqual([8080, 9090]);
  });

  it('are nobody else’s business when there is no selector', async () => {
    await world.make(services, service({ selector: undefined }));
    await world.settle();
    expect(await slices()).toEqual([]);
  });

  it('go with the service, and are written only when something is different', async () => {
    await world.make(services, service());
    await world.make(pods, pod('a'));
    await run('a', 2);
    await world.settle();
    const before = await world.store.revision();
    await world.pass(3_600_000);
    expect(await world.store.revision()).toBe(before);
    await world.remove(services, 'web');
    await world.settle();
    expect(await slices()).toEqual([]);
    expect(await world.get(endpointsObjects, 'web')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { createObjectStore } from '../../../src/cluster/objects/object-store.ts';
import { builtInType, coreType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { resolveService } from '../../../src/cluster/webhooks/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';

const metadata = { name: 'conversion', namespace: 'default' };
const ports = [{ name: 'https', port: 443 }];
const sliceType = builtInType('discovery.k8s.io', 'endpointslices');

/** Where the webhook behind a service is, when these objects are there. */
async function resolved(
  objects: { service?: object; slices?: readonly object[]; endpoints?: object },
  port = 443,
) {
  const store = createObjectStore(createMemoryStore());
  const put = (type: Parameters<typeof store.create>[0], object: object) =>
    store.create(type, { metadata, ...object } as KubeObject);
  const { service, slices = [], endpoints } = objects;
  if (service !== undefined) await put(coreType('services'), { spec: service });
  for (const [index, slice] of slices.entries()) {
    const labels = { 'kubernetes.io/service-name': 'conversion' };
    await put(sliceType, { metadata: { ...metadata, name: `slice-${index}`, labels }, ...slice });
  }
  if (endpoints !== undefined) await put(coreType('endpoints'), endpoints);
  return resolveService(store, 'default', 'conversion', port);
}

const slice = (endpoint: object) => ({
  ports: [
    { name: 'metrics', port: 9090 },
    { name: 'https', port: 9443 },
  ],
  endpoints: [endpoint],
});

describe('a service of a webhook', () => {
  it('leads to one of its ready endpoints, at the port of that name', async () => {
    const slices = [
      slice({ addresses: ['192.0.2.1'], conditions: { ready: false } }),
      slice({ addresses: ['192.0.2.2'], conditions: { ready: true } }),
    ];
    expect(await resolved({ service: { ports }, slices })).toEqual(
      expect.objectContaining({ host: '192.0.2.2', port: 9443 }),
    );
    const subsets = [{ addresses: [{ ip: '192.0.2.3' }], ports: [{ name: 'https', port: 8443 }] }];
    expect(await resolved({ service: { ports }, endpoints: { subsets } })).toEqual(
      expect.objectContaining({ host: '192.0.2.3', port: 8443 }),
    );
  });

  it('leads to its external name', async () => {
    const service = { type: 'ExternalName', externalName: 'localhost' };
    expect(await resolved({ service }, 9443)).toEqual({ host: 'localhost', port: 9443 });
  });

  it('leads nowhere without an endpoint that could listen', async () => {
    await expect(resolved({})).rejects.toThrow('service "conversion" not found');
    await expect(resolved({ service: { ports } }, 8443)).rejects.toThrow(
      'no service port 8443 found for service "conversion"',
    );
    await expect(resolved({ service: { ports } })).rejects.toThrow(
      'no endpoints available for service "conversion"',
    );
    const pod = slice({ addresses: ['10.244.0.2'], targetRef: { kind: 'Pod', name: 'p' } });
    await expect(resolved({ service: { ports }, slices: [pod] })).rejects.toThrow(
      'no endpoints available for service "conversion": its pods are simulated, and no program listens there',
    );
  });
});

import type { ObjectStore } from '../objects/object-store.ts';
import { builtInType, coreType, type KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { WebhookCallError } from './webhook-call-error.ts';

/** Where to connect to. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

type Objects = Pick<ObjectStore, 'get' | 'list'>;
type Json = Record<string, unknown>;

const serviceLabel = 'kubernetes.io/service-name';

/**
 * Who serves a port of a service. Nothing here carries packets to the address of a service, so one of its endpoints is
 * taken, as with kube-apiserver's --enable-aggregator-routing; of an ExternalName, that name. Throws WebhookCallError.
 * Source: apiserver/pkg/util/proxy ResolveEndpoint, ResolveCluster.
 */
export async function resolveService(
  objects: Objects,
  namespace: string,
  name: string,
  port: number,
): Promise<Address> {
  const service = await objects.get(coreType('services'), namespace, name);
  if (service === undefined) throw new WebhookCallError(`service ${JSON.stringify(name)} not found`);
  const spec = asJsonObject(service.object['spec']);
  if (spec['type'] === 'ExternalName') return { host: String(spec['externalName']), port };
  const served = asJsonArray(spec['ports']).map(asJsonObject);
  const wanted = served.find((each) => each['port'] === port);
  if (wanted === undefined) {
    throw new WebhookCallError(`no service port ${port} found for service ${JSON.stringify(name)}`);
  }
  const ready = await readyEndpoints(objects, namespace, name, String(wanted['name'] ?? ''));
  const real = ready.filter(({ isSimulated }) => !isSimulated);
  const chosen = real[Math.floor(Math.random() * real.length)];
  if (chosen !== undefined) return chosen;
  const why = ready.length > 0 ? ': its pods are simulated, and no program listens there' : '';
  throw new WebhookCallError(`no endpoints available for service ${JSON.stringify(name)}${why}`);
}

interface Endpoint extends Address {
  /** Of a pod, which runs no image here: its address may be somebody else's on this machine's network. */
  readonly isSimulated: boolean;
}

async function readyEndpoints(
  objects: Objects,
  namespace: string,
  name: string,
  portName: string,
): Promise<readonly Endpoint[]> {
  const sliceType = builtInType('discovery.k8s.io', 'endpointslices');
  const { items } = await objects.list(sliceType, namespace);
  const slices = items.filter(({ object }) => object.metadata.labels?.[serviceLabel] === name);
  if (slices.length > 0) return slices.flatMap(({ object }) => endpointsOfSlice(object, portName));
  // Who makes Endpoints by hand counts on their being mirrored into slices.
  const endpoints = await objects.get(coreType('endpoints'), namespace, name);
  return endpoints === undefined ? [] : endpointsOfSubsets(endpoints.object, portName);
}

function endpointsOfSlice(slice: KubeObject, portName: string): readonly Endpoint[] {
  const port = portNamed(asJsonArray(slice['ports']), portName);
  return asJsonArray(slice['endpoints'])
    .map(asJsonObject)
    .filter(({ conditions }) => asJsonObject(conditions)['ready'] !== false)
    .flatMap((endpoint) => endpointAt(asJsonArray(endpoint['addresses'])[0], port, endpoint));
}

function endpointsOfSubsets(endpoints: KubeObject, portName: string): readonly Endpoint[] {
  return asJsonArray(endpoints['subsets'])
    .map(asJsonObject)
    .flatMap(({ addresses, ports }) => {
      const port = portNamed(asJsonArray(ports), portName);
      return asJsonArray(addresses)
        .map(asJsonObject)
        .flatMap((address) => endpointAt(address['ip'], port, address));
    });
}

function portNamed(ports: readonly unknown[], name: string): unknown {
  return ports.map(asJsonObject).find((each) => (each['name'] ?? '') === name)?.['port'];
}

function endpointAt(host: unknown, port: unknown, { targetRef }: Json): readonly Endpoint[] {
  if (typeof host !== 'string' || typeof port !== 'number') return [];
  return [{ host, port, isSimulated: asJsonObject(targetRef)['kind'] === 'Pod' }];
}

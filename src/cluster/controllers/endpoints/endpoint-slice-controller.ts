import { isDeepStrictEqual } from 'node:util';
import type { ControllerDeps } from '../controller.ts';
import { type Controller, controllerOf } from '../controller.ts';
import { endpointSlices, endpointsObjects, pods, services } from '../kinds.ts';
import { managedBy, managerOf } from '../ownership.ts';
import type { Pod, Service } from '../shapes.ts';
import { changeObject, makeObject, removeObject } from '../writes.ts';
import { type Backends, backendsOf, selectsPod, slicesOf } from './backends.ts';
import { endpointsOf } from './endpoints.ts';

const serviceLabel = 'kubernetes.io/service-name';
const managerLabel = 'endpointslice.kubernetes.io/managed-by';
const managerName = 'endpointslice-controller.k8s.io';

/**
 * Says where the pods behind a service are: in EndpointSlices, and in the Endpoints that they have replaced.
 * Source: Kubernetes pkg/controller/endpointslice and endpoint.
 */
export const endpointSliceController: Controller = controllerOf({
  name: 'endpoint-slice-controller',
  account: 'endpointslice-controller',
  kind: services,
  follows: [pods, endpointSlices, endpointsObjects],
  concerns(world, { type, object, previous }) {
    const { namespace = '', name = '' } = object.metadata;
    const owner = type === endpointsObjects ? name : (managerOf(object)?.name ?? '');
    if (type !== pods) return [world.get(services, namespace, owner)].filter((each) => each !== undefined);
    return world
      .list(services, namespace)
      .filter((each) => [object, previous].some((pod) => pod !== undefined && selectsPod(each, pod as Pod)));
  },
  async reconcile(deps, service) {
    const { selector = {}, type } = service.spec;
    const isLeaving = service.metadata.deletionTimestamp !== undefined;
    if (isLeaving || type === 'ExternalName' || Object.keys(selector).length === 0) return undefined;
    const own = deps.world
      .list(pods, service.metadata.namespace ?? '')
      .filter((pod) => selectsPod(service, pod));
    const backends = backendsOf(service, own);
    await writeSlices(deps, service, backends);
    await writeEndpoints(deps, service, backends);
    return undefined;
  },
});

async function writeSlices(
  { context, world }: ControllerDeps,
  service: Service,
  backends: readonly Backends[],
): Promise<void> {
  const { namespace = '', name = '', uid } = service.metadata;
  const labels = { ...labelsOf(service), [serviceLabel]: name, [managerLabel]: managerName };
  const existing = world.list(endpointSlices, namespace).filter((slice) => managerOf(slice)?.uid === uid);
  const wanted = slicesOf(backends);
  for (const [index, content] of wanted.entries()) {
    const found = existing[index];
    if (found === undefined) {
      const ownerReferences = [managedBy(services, service)];
      await makeObject(context, endpointSlices, namespace, {
        metadata: { generateName: `${name}-`, labels, ownerReferences },
        ...content,
      });
      continue;
    }
    // With the old ports left out, those that are not wanted any more go.
    const { ports: _, ...rest } = found;
    const next = { ...rest, ...content, metadata: { ...found.metadata, labels } };
    if (!isDeepStrictEqual(next, found)) await changeObject(context, endpointSlices, found, () => next);
  }
  for (const slice of existing.slice(wanted.length)) await removeObject(context, endpointSlices, slice);
}

async function writeEndpoints(
  { context, world }: ControllerDeps,
  service: Service,
  backends: readonly Backends[],
): Promise<void> {
  const { namespace = '', name = '' } = service.metadata;
  const labels = { ...labelsOf(service), 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
  const { subsets } = endpointsOf(backends);
  const found = world.get(endpointsObjects, namespace, name);
  if (found === undefined) {
    // Kubernetes deletes them by name; an owner does the same without anybody having to remember.
    const metadata = { name, labels, ownerReferences: [managedBy(services, service)] };
    await makeObject(context, endpointsObjects, namespace, { metadata, ...(subsets && { subsets }) });
    return;
  }
  if (isDeepStrictEqual(found['subsets'], subsets) && isDeepStrictEqual(found.metadata.labels, labels))
    return;
  await changeObject(context, endpointsObjects, found, (object) => {
    const { subsets: _, ...rest } = object;
    return { ...rest, metadata: { ...object.metadata, labels }, ...(subsets && { subsets }) };
  });
}

function labelsOf({ metadata, spec }: Service): Record<string, string> {
  return {
    ...metadata.labels,
    ...(spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}),
  };
}

import { wholeRoles } from '../aggregated-roles/index.ts';
import { createObject } from '../objects/create-object.ts';
import { makeMissing } from '../objects/make-missing.ts';
import { type ObjectContext, timestamp } from '../objects/object-context.ts';
import type { TypedObject } from '../objects/object-store.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { reservationsOf } from '../objects/reservations.ts';
import { retryOvertaken } from '../objects/retry-overtaken.ts';
import { addressType, serviceAddress } from '../objects/service-address.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { builtInTable, builtInType, coreType } from '../resources/index.ts';
import { firstObjects } from './first-objects.ts';

import { reconcileRbac, withOwner } from './reconcile-rbac.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** The API's own service, at the first address of the service range, as in every cluster. */
const kubernetesService: KubeObject = {
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.1',
    ipFamilyPolicy: 'SingleStack',
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
  },
};

/** Kubernetes' own. Source: pkg/apis/scheduling/v1/helpers.go. */
const systemPriorities: readonly KubeObject[] = [
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

/** As local clusters have one: claims that name none get this. */
const standardStorage: KubeObject = {
  metadata: {
    name: 'standard',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'sallyport.dev/simulated',
  allowVolumeExpansion: true,
};

/** Makes what is missing. Nothing that somebody has changed is changed back. */
export async function bootstrap(
  context: ObjectContext,
  rbacObjects: readonly KubeObject[],
  namespaces: readonly string[],
): Promise<void> {
  const namespaceType = builtInType('', 'namespaces');
  const isNew = (await context.objects.get(namespaceType, '', 'default')) === undefined;
  for (const name of [...systemNamespaces, ...namespaces])
    await retryOvertaken(() => ensure(context, namespaceType, '', { metadata: { name } }));
  await retryOvertaken(() => ensure(context, builtInType('', 'services'), 'default', kubernetesService));
  for (const priority of systemPriorities) {
    await retryOvertaken(() =>
      ensure(context, builtInType('scheduling.k8s.io', 'priorityclasses'), '', priority),
    );
  }
  // It is no part of the API: who has taken it away wants none.
  if (isNew) {
    const type = builtInType('storage.k8s.io', 'storageclasses');
    await retryOvertaken(() => ensure(context, type, '', standardStorage));
  }
  await makeMissing(context, firstObjects(timestamp(context)).map(typed));
  await makeMissing(context, await addressesOfServices(context));
  const rbac = wholeRoles(rbacObjects).map(typed);
  const owned = rbac.map(({ type, object }) => ({ type, object: withOwner(context, type, object) }));
  const known = new Set((await makeMissing(context, owned)).map(({ object }) => object));
  for (const [index, { object }] of owned.entries()) {
    const expected = rbac[index];
    if (expected === undefined || !known.has(object)) continue;
    await retryOvertaken(() => reconcileRbac(context, expected.type, expected.object));
  }
}

/** An address that nobody's IPAddress shows any more is its service's all the same. */
async function addressesOfServices(context: ObjectContext): Promise<readonly TypedObject[]> {
  const { items } = await context.objects.list(coreType('services'), '');
  return items.flatMap(({ type, object: service }) =>
    reservationsOf(type, service).flatMap(({ address }) =>
      address === undefined
        ? []
        : [{ type: addressType(), object: serviceAddress(context, address, service) }],
    ),
  );
}

async function ensure(
  context: ObjectContext,
  type: ResourceType,
  namespace: string,
  object: KubeObject,
): Promise<void> {
  if ((await context.objects.get(type, namespace, object.metadata.name ?? '')) !== undefined) return;
  const trackFields = trackedAs(context, type, ownWriters.apiServer, '');
  await createObject(context, { type, namespace, object, dryRun: false, trackFields });
}

function typed(object: KubeObject): TypedObject {
  const type = builtInTable.findKind(object.apiVersion ?? '', object.kind ?? '');
  if (type === undefined) throw new Error(`a default object has no served kind: ${object.kind}`);
  return { type, object };
}

import { createObject } from '../objects/create-object.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { retryOvertaken } from '../objects/retry-overtaken.ts';
import type { KubeObject } from '../resources/index.ts';
import { builtInTable, findResourceType } from '../resources/index.ts';
import { reconcileRbac } from './reconcile-rbac.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** The API's own service, at the first address of the service range, as in every cluster. */
const kubernetesService: KubeObject = {
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.1',
    clusterIPs: ['10.96.0.1'],
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
  },
};

/** Makes what is missing. Nothing that somebody has changed is changed back. */
export async function bootstrap(
  context: ObjectContext,
  rbacObjects: readonly KubeObject[],
  namespaces: readonly string[],
): Promise<void> {
  for (const name of [...systemNamespaces, ...namespaces])
    await retryOvertaken(() => ensure(context, 'namespaces', '', { metadata: { name } }));
  await retryOvertaken(() => ensure(context, 'services', 'default', kubernetesService));
  for (const object of rbacObjects)
    await retryOvertaken(() => reconcileRbac(context, typeOf(object), object));
}

async function ensure(
  context: ObjectContext,
  resource: string,
  namespace: string,
  object: KubeObject,
): Promise<void> {
  const type = findResourceType('', 'v1', resource);
  if (type === undefined) throw new Error(`the resource table lacks ${resource}`);
  if ((await context.objects.get(type, namespace, object.metadata.name ?? '')) !== undefined) return;
  await createObject(context, { type, namespace, object, dryRun: false });
}

function typeOf(object: KubeObject) {
  const type = builtInTable.findKind(object.apiVersion ?? '', object.kind ?? '');
  if (type === undefined) throw new Error(`a default object has no served kind: ${object.kind}`);
  return type;
}

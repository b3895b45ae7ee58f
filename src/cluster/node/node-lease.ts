import { createObject } from '../objects/create-object.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { builtInType, coreType, type KubeObject } from '../resources/index.ts';
import { objectIn } from './json.ts';
import { nodeName } from './node-object.ts';

const namespace = 'kube-node-lease';

/**
 * The lease by which a kubelet says that its node is alive, renewed when the node starts. It is not renewed after that:
 * nobody here takes a node for dead, and a cluster at rest writes nothing.
 * Source: Kubernetes pkg/kubelet/util/nodelease.go, component-helpers/apimachinery/lease.
 */
export async function renewNodeLease(context: ObjectContext): Promise<void> {
  const type = builtInType('coordination.k8s.io', 'leases');
  const trackFields = trackedAs(context, type, ownWriters.kubelet, '');
  // metav1.MicroTime.
  const renewTime = new Date(context.now()).toISOString().replace('Z', '000Z');
  if (await context.objects.has(type, namespace, nodeName)) {
    const change = (lease: KubeObject) => ({ ...lease, spec: { ...objectIn(lease, 'spec'), renewTime } });
    const call = {
      type,
      namespace,
      name: nodeName,
      part: 'main',
      dryRun: false,
      trackFields,
      change,
    } as const;
    await updateObject(context, call);
    return;
  }
  const node = await context.objects.get(coreType('nodes'), '', nodeName);
  if (node === undefined) return;
  const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.object.metadata.uid };
  const object: KubeObject = {
    metadata: { name: nodeName, ownerReferences: [owner] },
    spec: { holderIdentity: nodeName, leaseDurationSeconds: 40, renewTime },
  };
  await createObject(context, { type, namespace, object, dryRun: false, trackFields });
}

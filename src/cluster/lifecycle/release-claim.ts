import { ignoreNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { coreType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

export const claimFinalizer = 'kubernetes.io/pvc-protection';

/**
 * Lets a claim that is being deleted go, unless a pod still uses it.
 * Source: Kubernetes pkg/controller/volume/pvcprotection.
 */
export async function releaseClaim(context: ObjectContext, namespace: string, name: string): Promise<void> {
  const { items } = await context.objects.list(coreType('pods'), namespace);
  const isUsed = items.some(({ object }) =>
    asJsonArray(asJsonObject(object['spec'])['volumes']).some(
      (volume) => asJsonObject(asJsonObject(volume)['persistentVolumeClaim'])['claimName'] === name,
    ),
  );
  if (isUsed) return;
  await updateObject(context, {
    type: coreType('persistentvolumeclaims'),
    namespace,
    name,
    part: 'main',
    dryRun: false,
    trackFields: trackedAs(context, coreType('persistentvolumeclaims'), ownWriters.controllers, ''),
    change: (claim) => {
      const finalizers = (claim.metadata.finalizers ?? []).filter((each) => each !== claimFinalizer);
      return { ...claim, metadata: { ...claim.metadata, finalizers } };
    },
  }).catch(ignoreNotFound);
}

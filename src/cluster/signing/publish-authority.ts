import { StatusError } from '../../kube/index.ts';
import { createObject } from '../objects/create-object.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { coreType } from '../resources/index.ts';

/**
 * Says which authority signs clients' certificates, where every cluster says it: whoever is to take them can read it there.
 * Source: Kubernetes pkg/controlplane/controller/clusterauthenticationtrust.
 */
export async function publishAuthority(context: ObjectContext, certificate: string): Promise<void> {
  const type = coreType('configmaps');
  const namespace = 'kube-system';
  const name = 'extension-apiserver-authentication';
  if ((await context.objects.get(type, namespace, name)) !== undefined) return;
  const object = { metadata: { name }, data: { 'client-ca-file': certificate } };
  const trackFields = trackedAs(context, type, ownWriters.apiServer, '');
  await createObject(context, { type, namespace, object, dryRun: false, trackFields }).catch(
    (error: unknown) => {
      if (!(error instanceof StatusError) || error.status.reason !== 'AlreadyExists') throw error;
    },
  );
}

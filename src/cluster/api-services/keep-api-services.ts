import { followPrefix, type Store } from '../../store/index.ts';
import type { ClusterLog, Schedule } from '../cluster-deps.ts';
import type { CustomResources } from '../custom/index.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { ignoreNotFound } from '../objects/is-not-found.ts';
import { makeMissing } from '../objects/make-missing.ts';
import { type ObjectContext, timestamp } from '../objects/object-context.ts';
import { typePrefix } from '../objects/object-key.ts';
import { createReconcileQueue } from '../reconcile-queue.ts';
import { builtInType, type KubeObject } from '../resources/index.ts';
import { automanaged, localApiService } from './local-api-service.ts';

export interface KeepApiServicesDeps {
  readonly store: Store;
  readonly schedule: Schedule;
  readonly log: ClusterLog;
}

/**
 * Has an APIService of each group version that is served, and none of a custom one that is not any more; resolves when that is
 * so. Who deletes one gets it back. Source: kube-aggregator/pkg/controllers/autoregister.
 */
export async function keepApiServices(
  { store, schedule, log }: KeepApiServicesDeps,
  context: ObjectContext,
  resources: CustomResources,
): Promise<{ close(): Promise<void> }> {
  const type = builtInType('apiregistration.k8s.io', 'apiservices');
  const onError = (error: unknown) => log.error({ err: error }, 'APIServices could not be kept');

  async function keep(): Promise<void> {
    const now = timestamp(context);
    const served = resources
      .table()
      // The group of APIServices themselves has none.
      .groupVersions.filter(({ group }) => group !== type.group)
      .map((each) => localApiService(each, now));
    await makeMissing(
      context,
      served.map((object) => ({ type, object })),
    );
    const wanted = new Set(served.map(({ metadata }) => metadata.name));
    const { items } = await context.objects.list(type, '');
    for (const { object } of items) {
      if (isOfCustom(object) && !wanted.has(object.metadata.name)) await remove(object.metadata.name ?? '');
    }
  }

  async function remove(name: string): Promise<void> {
    await deleteObject(context, { type, namespace: '', name, dryRun: false }).catch(ignoreNotFound);
  }

  const queue = createReconcileQueue({ work: keep, schedule, onError });
  const look = () => queue.add('all');
  resources.onChange(look);
  const watcher = await followPrefix({ store, schedule, onError }, typePrefix(type), {
    put: () => {},
    remove: look,
  });
  look();
  await queue.idle();
  return {
    async close() {
      watcher.close();
      await queue.close();
    },
  };
}

function isOfCustom({ metadata }: KubeObject): boolean {
  return metadata.labels?.[automanaged] === 'true';
}

import { countUsage, type Quota } from '../quota/index.ts';
import { type Controller, controllerOf } from './controller.ts';
import { claims, pods, quotas, services } from './kinds.ts';
import { writeStatus } from './writes.ts';

/** What is not followed is counted anew so often. Source: kube-controller-manager --resource-quota-sync-period. */
const resyncMs = 300_000;

/** Counts what there is of what quotas limit. Creating spends it at once; this gives back. Source: pkg/controller/resourcequota. */
export const quotaController: Controller = controllerOf({
  name: 'resourcequota-controller',
  kind: quotas,
  follows: [pods, services, claims],
  concerns: (world, { object }) => world.list(quotas, object.metadata.namespace ?? ''),
  async reconcile({ context }, quota: Quota) {
    if (quota.metadata.deletionTimestamp !== undefined) return undefined;
    const used = await countUsage(context, quota);
    await writeStatus(context, quotas, quota, { ...quota.status, hard: quota.spec.hard ?? {}, used });
    return resyncMs;
  },
});

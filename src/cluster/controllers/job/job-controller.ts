import { timestamp } from '../../objects/object-context.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { jobs, pods } from '../kinds.ts';
import { claimed, managersConcerned } from '../ownership.ts';
import { deletePods, makePods } from '../pods/adjust-pods.ts';
import { inDeletionOrder } from '../pods/deletion-order.ts';
import { isActive } from '../pods/pod-facts.ts';
import type { Job } from '../shapes.ts';
import { removeObject, writeStatus } from '../writes.ts';
import { type Counts, countPods } from './count-pods.ts';
import { newPods, wantedActive } from './job-pods.ts';
import { finishedAt, jobStatus, untilDeadlineMs } from './job-status.ts';
import { type Verdict, verdictOn } from './job-verdict.ts';

/** Runs pods until enough of them have succeeded, or too many have failed. Source: Kubernetes pkg/controller/job. */
export const jobController: Controller = controllerOf({
  name: 'job-controller',
  kind: jobs,
  follows: [pods],
  concerns: (world, change) => managersConcerned(world, jobs, change),
  async reconcile(deps, job) {
    const { context, world } = deps;
    if (job.metadata.deletionTimestamp !== undefined) return undefined;
    const own = await claimed(
      deps,
      { kind: jobs, object: job },
      pods,
      world.list(pods, job.metadata.namespace ?? ''),
    );
    const finished = finishedAt(job);
    if (finished !== undefined) return expire(deps, job, finished);
    const counts = countPods(job, own);
    const manager = { kind: jobs, object: job };
    const verdict = verdictOn(job, counts, deps.now());
    const isSuspended = verdict === undefined && job.spec.suspend === true;
    if (verdict !== undefined || isSuspended) await deletePods(deps, manager, own.filter(isActive));
    const written = await writeStatus(
      context,
      jobs,
      job,
      jobStatus(job, counts, verdict, timestamp(context)),
    );
    if (verdict !== undefined && finishedAt(written) !== undefined) tellOf(deps, job, verdict);
    if (verdict !== undefined || isSuspended) return undefined;
    return adjust(deps, job, counts);
  },
});

/** Makes or ends pods. Resolves with when to look again. */
async function adjust(deps: ControllerDeps, job: Job, counts: Counts): Promise<number | undefined> {
  const now = deps.now();
  const deadline = untilDeadlineMs(job, now);
  const soonest = (ms: number | undefined) =>
    ms === undefined || deadline === undefined ? (ms ?? deadline) : Math.min(ms, deadline);
  const more = wantedActive(job, counts) - counts.active.length;
  // Where only what has ended is replaced, what is about to end still has its place.
  const missing = job.spec.podReplacementPolicy === 'Failed' ? more - counts.terminating : more;
  const manager = { kind: jobs, object: job };
  if (more < 0) await deletePods(deps, manager, inDeletionOrder(counts.active).slice(0, -more));
  if (missing <= 0) return deadline;
  const { pods: wanted, nextAt } = newPods(job, counts, missing, now);
  const refusal = await makePods(deps, manager, wanted);
  if (refusal !== undefined) return soonest(retryRefusedMs);
  return soonest(nextAt === undefined ? undefined : nextAt - now);
}

function tellOf({ tell }: ControllerDeps, job: Job, { type, reason, message }: Verdict): void {
  if (type === 'Complete') tell(jobs, job, 'Completed', 'Job completed');
  else tell(jobs, job, reason, message, 'Warning');
}

const retryRefusedMs = 15_000;

/** Deletes a finished job when its time is over. Source: pkg/controller/ttlafterfinished. */
async function expire(deps: ControllerDeps, job: Job, finished: number): Promise<number | undefined> {
  const { ttlSecondsAfterFinished } = job.spec;
  if (ttlSecondsAfterFinished === undefined) return undefined;
  const left = finished + ttlSecondsAfterFinished * 1000 - deps.now();
  if (left > 0) return left;
  await removeObject(deps.context, jobs, job);
  return undefined;
}

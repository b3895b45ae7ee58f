import { parseSchedule } from '../../cron/index.ts';
import { timestamp } from '../../objects/object-context.ts';
import { conditionOf } from '../condition-list.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { finishedAt } from '../job/job-status.ts';
import { cronJobs, jobs } from '../kinds.ts';
import { managedBy, managerOf } from '../ownership.ts';
import type { CronJob, Job } from '../shapes.ts';
import { makeObject, removeObject, writeStatus } from '../writes.ts';
import { dueRun } from './due-run.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Makes a job whenever the time for one comes. Source: Kubernetes pkg/controller/cronjob. */
export const cronJobController: Controller = controllerOf({
  name: 'cronjob-controller',
  kind: cronJobs,
  follows: [jobs],
  concerns(world, { object }) {
    const owner = managerOf(object);
    const found = world.get(cronJobs, object.metadata.namespace ?? '', owner?.name ?? '');
    return found === undefined || owner?.uid !== found.metadata.uid ? [] : [found];
  },
  async reconcile(deps, cronJob) {
    const { namespace = '', uid, deletionTimestamp } = cronJob.metadata;
    if (deletionTimestamp !== undefined) return undefined;
    const own = deps.world.list(jobs, namespace).filter((job) => managerOf(job)?.uid === uid);
    tellOfFinished(deps, cronJob, own);
    await forgetOldest(deps, cronJob, own.filter(hasSucceeded), cronJob.spec.successfulJobsHistoryLimit);
    await forgetOldest(deps, cronJob, own.filter(hasFailed), cronJob.spec.failedJobsHistoryLimit);
    const schedule = parseSchedule(cronJob.spec.schedule, cronJob.spec.timeZone);
    if (schedule === undefined || cronJob.spec.suspend === true) {
      await writeStatus(deps.context, cronJobs, cronJob, statusOf(cronJob, own));
      return undefined;
    }
    const { due, next } = dueRun(cronJob, schedule, deps.now());
    const begun = due === undefined ? undefined : await begin(deps, cronJob, own, due);
    const jobsNow =
      begun?.job === undefined ? own : [...own.filter((job) => !begun.replaced.includes(job)), begun.job];
    const lastScheduleTime = begun?.job === undefined ? undefined : timeOf(due ?? 0);
    await writeStatus(deps.context, cronJobs, cronJob, statusOf(cronJob, jobsNow, lastScheduleTime));
    return next === undefined ? undefined : next - deps.now();
  },
});

interface Begun {
  /** Undefined when another one runs that must not be overtaken. */
  readonly job: Job | undefined;
  readonly replaced: readonly Job[];
}

async function begin(
  deps: ControllerDeps,
  cronJob: CronJob,
  own: readonly Job[],
  due: number,
): Promise<Begun> {
  const { concurrencyPolicy, jobTemplate } = cronJob.spec;
  const { name = '', namespace = '' } = cronJob.metadata;
  const active = own.filter((job) => finishedAt(job) === undefined);
  // One run has one name, so that nobody begins it twice.
  const jobName = `${name}-${Math.floor(due / 60_000)}`;
  const known = deps.world.get(jobs, namespace, jobName);
  if (known !== undefined) return { job: known, replaced: [known] };
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    deps.tell(cronJobs, cronJob, 'JobAlreadyActive', message);
    return { job: undefined, replaced: [] };
  }
  const replaced = concurrencyPolicy === 'Replace' ? active : [];
  for (const job of replaced) await forget(deps, cronJob, job);
  const { metadata = {}, spec } = jobTemplate;
  const job = await makeObject(deps.context, jobs, namespace, {
    metadata: {
      name: jobName,
      ...(metadata.labels == null ? {} : { labels: { ...metadata.labels } }),
      annotations: { ...metadata.annotations, [scheduledAnnotation]: timeOf(due) },
      ownerReferences: [managedBy(cronJobs, cronJob)],
    },
    spec: structuredClone(spec),
  });
  deps.tell(cronJobs, cronJob, 'SuccessfulCreate', `Created job ${jobName}`);
  return { job, replaced };
}

function statusOf({ status }: CronJob, own: readonly Job[], lastScheduleTime?: string): CronJob['status'] {
  const active = own.filter((job) => finishedAt(job) === undefined);
  const successes = own.filter(hasSucceeded).map((job) => job.status.completionTime ?? '');
  const lastSuccess = [...successes, status.lastSuccessfulTime ?? ''].toSorted().at(-1);
  const lastRun = lastScheduleTime ?? status.lastScheduleTime;
  return {
    ...(active.length > 0 ? { active: active.map(referenceTo) } : {}),
    ...(lastRun === undefined ? {} : { lastScheduleTime: lastRun }),
    ...(lastSuccess === undefined || lastSuccess === '' ? {} : { lastSuccessfulTime: lastSuccess }),
  };
}

function referenceTo({ metadata }: Job): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion };
}

/** Of each job that was active at the last look and is not any more. */
function tellOfFinished({ tell }: ControllerDeps, cronJob: CronJob, own: readonly Job[]): void {
  const active = (cronJob.status['active'] ?? []) as readonly { readonly uid?: string }[];
  for (const job of own) {
    if (finishedAt(job) === undefined || !active.some(({ uid }) => uid === job.metadata.uid)) continue;
    const condition = hasSucceeded(job) ? 'Complete' : 'Failed';
    const message = `Saw completed job: ${job.metadata.name}, condition: ${condition}`;
    tell(cronJobs, cronJob, 'SawCompletedJob', message);
  }
}

async function forget({ context, tell }: ControllerDeps, cronJob: CronJob, job: Job): Promise<void> {
  await removeObject(context, jobs, job);
  tell(cronJobs, cronJob, 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
}

async function forgetOldest(
  deps: ControllerDeps,
  cronJob: CronJob,
  over: readonly Job[],
  limit = 0,
): Promise<void> {
  const oldestFirst = over.toSorted((a, b) => (finishedAt(a) ?? 0) - (finishedAt(b) ?? 0));
  for (const job of oldestFirst.slice(0, Math.max(0, over.length - limit))) await forget(deps, cronJob, job);
}

function hasSucceeded(job: Job): boolean {
  return conditionOf(job.status.conditions, 'Complete')?.status === 'True';
}

function hasFailed(job: Job): boolean {
  return conditionOf(job.status.conditions, 'Failed')?.status === 'True';
}

function timeOf(ms: number): string {
  return timestamp({ now: () => ms });
}

import { timestamp } from '../../objects/object-context.ts';
import type { ControllerDeps } from '../controller.ts';
import { autoscalers } from '../kinds.ts';
import { isOvertaken, writeStatus } from '../writes.ts';
import type { Autoscaler } from './autoscaler.ts';
import { type Conditions, conditionsOf } from './conditions.ts';
import { decide } from './decide.ts';
import { type Memory, memoryOf, remember } from './memory.ts';
import { findTarget, scaleTo } from './scale-target.ts';

/** Source: kube-controller-manager --horizontal-pod-autoscaler-sync-period. */
const periodMs = 15_000;

/**
 * One look at an autoscaler. Resolves with the milliseconds after which to look again.
 * Source: Kubernetes pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler.
 */
export async function autoscale(deps: ControllerDeps, autoscaler: Autoscaler): Promise<number | undefined> {
  if (autoscaler.metadata.deletionTimestamp !== undefined) return undefined;
  const memory = memoryOf(deps.world, autoscaler);
  const spec = JSON.stringify(autoscaler.spec);
  const now = deps.now();
  // What it writes itself is no reason to look before it is time.
  const restMs = memory.look?.spec === spec ? memory.look.at + periodMs - now : 0;
  if (restMs > 0) return restMs;
  await look(deps, autoscaler, memory);
  memory.look = { spec, at: now };
  return periodMs;
}

async function look(deps: ControllerDeps, autoscaler: Autoscaler, memory: Memory): Promise<void> {
  const conditions = conditionsOf(autoscaler, timestamp(deps.context));
  const warn = (reason: string, message: string) =>
    deps.tell(autoscalers, autoscaler, reason, message, 'Warning');
  const target = await findTarget(deps, autoscaler).catch((error: Error) => {
    warn('FailedGetScale', error.message);
    const why = `the HPA controller was unable to get the target's current scale: ${error.message}`;
    conditions.set('AbleToScale', 'False', 'FailedGetScale', why);
  });
  if (target === undefined) {
    await report(deps, autoscaler, conditions, {});
    return;
  }
  conditions.set(
    'AbleToScale',
    'True',
    'SucceededGetScale',
    "the HPA controller was able to get the target's current scale",
  );
  if (memory.recommendations.length === 0) {
    memory.recommendations = [{ at: deps.now(), replicas: target.replicas }];
  }
  const wanted = await decide(deps, autoscaler, target, memory, conditions);
  const counts = { currentReplicas: target.replicas, currentMetrics: wanted.metrics };
  if (wanted.replicas === undefined) {
    await report(deps, autoscaler, conditions, counts);
    return;
  }
  const desiredReplicas = wanted.replicas;
  if (desiredReplicas === target.replicas) {
    await report(deps, autoscaler, conditions, { ...counts, desiredReplicas });
    return;
  }
  const size = `New size: ${desiredReplicas}; reason: ${wanted.reason}`;
  try {
    await scaleTo(deps, target, desiredReplicas);
  } catch (error) {
    if (isOvertaken(error)) throw error;
    const { message } = error as Error;
    warn('FailedRescale', `${size}; error: ${message}`);
    const why = `the HPA controller was unable to update the target scale: ${message}`;
    conditions.set('AbleToScale', 'False', 'FailedUpdateScale', why);
    await report(deps, autoscaler, conditions, counts);
    return;
  }
  const done = `the HPA controller was able to update the target scale to ${desiredReplicas}`;
  conditions.set('AbleToScale', 'True', 'SucceededRescale', done);
  deps.tell(autoscalers, autoscaler, 'SuccessfulRescale', size);
  rememberScale(memory, deps.now(), desiredReplicas - target.replicas);
  const lastScaleTime = timestamp(deps.context);
  await report(deps, autoscaler, conditions, { ...counts, desiredReplicas, lastScaleTime });
}

/** Source: storeScaleEvent. */
function rememberScale(memory: Memory, at: number, change: number): void {
  if (change > 0) memory.scaleUps = remember(memory.scaleUps, { at, replicas: change });
  else memory.scaleDowns = remember(memory.scaleDowns, { at, replicas: -change });
}

async function report(
  { context }: ControllerDeps,
  autoscaler: Autoscaler,
  conditions: Conditions,
  counts: Partial<Autoscaler['status']>,
): Promise<void> {
  const { currentMetrics, ...before } = autoscaler.status;
  const metrics = counts.currentMetrics ?? currentMetrics ?? [];
  await writeStatus(context, autoscalers, autoscaler, {
    ...before,
    ...counts,
    currentMetrics: metrics.length > 0 ? metrics : undefined,
    conditions: conditions.list(),
  });
}

import { readBody } from '../../http/index.ts';
import {
  badRequest,
  internalError,
  type LabelSelector,
  labelSelectorMatcher,
  notFound,
  tooManyRequests,
} from '../../kube/index.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { timestamp } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { builtInType, type KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { confirmNamespace } from './create.ts';
import { decodeBody } from './decode-body.ts';
import { interpretDeleteOptions } from './delete-options.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { reviewOf } from './requester.ts';
import { addWarnings, respondCreated } from './respond.ts';
import { reviewObject } from './review-object.ts';
import { evictionType } from './subresource-types.ts';
import { parseWriteOptions } from './write-options.ts';

/**
 * POST of pods/eviction: deletes the pod if its disruption budget has a disruption left, which it then has spent.
 * Source: Kubernetes pkg/registry/core/pod/storage/eviction.go.
 */
export const evictPod: Handler = async (context, call) => {
  const { request, type, namespace, name } = call;
  const body = await readBody(request, context.maxBodyBytes);
  const { dryRun, fieldValidation } = parseWriteOptions('CreateOptions', call.query);
  const contentType = request.headers['content-type'];
  const { object: sent, warnings } = decodeBody(evictionType, contentType, body, fieldValidation);
  addWarnings(call.response, warnings);
  confirmNamespace(call, sent);
  const review = reviewOf(call, 'CreateOptions', { dryRun });
  const eviction = await reviewObject(context, call, { operation: 'CREATE', dryRun, review }, sent);
  if (asJsonObject(eviction['metadata'])['name'] !== name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  const asked = interpretDeleteOptions(asJsonObject(eviction['deleteOptions']));
  const options = { ...asked, dryRun: dryRun || asked.dryRun };
  const pod = await context.objects.objects.get(type, namespace, name);
  if (pod === undefined) throw notFound(type, name);
  if (!isGoneAnyway(pod.object)) await spendDisruption(context, call, pod.object, options.dryRun);
  await sayWhy(context, call, options.dryRun);
  await deleteObject(context.objects, { type, namespace, name, ...options });
  respondCreated(call);
};

/** Whoever looks at the pod while it ends, a Job's policy for example, knows that it was no failure of its own. */
async function sayWhy(
  { objects }: HandlerContext,
  { type, namespace, name }: Call,
  dryRun: boolean,
): Promise<void> {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: timestamp(objects),
  };
  const change = (pod: KubeObject): KubeObject => {
    const status = asJsonObject(pod['status']);
    const others = asJsonArray(status['conditions']).filter(
      (each) => asJsonObject(each)['type'] !== condition.type,
    );
    return { ...pod, status: { ...status, conditions: [...others, condition] } };
  };
  const trackFields = trackedAs(objects, type, ownWriters.apiServer, 'status');
  await updateObject(objects, { type, namespace, name, part: 'status', dryRun, change, trackFields });
}

/** What has not started, or has ended, disrupts nothing. */
function isGoneAnyway(pod: KubeObject): boolean {
  const phase = asJsonObject(pod['status'])['phase'];
  return phase !== 'Running' || pod.metadata.deletionTimestamp !== undefined;
}

const refusal = "Cannot evict pod as it would violate the pod's disruption budget.";
const retryAfterSeconds = 10;

/** Throws StatusError 429 when there is none left, 500 when several budgets are about the pod. */
async function spendDisruption(
  context: HandlerContext,
  { namespace, name }: Call,
  pod: KubeObject,
  dryRun: boolean,
): Promise<void> {
  const budgets = builtInType('policy', 'poddisruptionbudgets');
  for (;;) {
    const { items } = await context.objects.objects.list(budgets, namespace);
    const own = items.filter(({ object }) => isAbout(object, pod));
    const [budget, ...others] = own;
    if (budget === undefined) return;
    if (others.length > 0) {
      throw internalError(
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    }
    if (isUnready(pod) && mayAlwaysEvictUnready(budget.object)) return;
    const next = spent(budget, name, timestamp(context.objects));
    if (dryRun || (await context.objects.objects.replace(budget, next)) !== undefined) return;
  }
}

function isAbout(budget: KubeObject, pod: KubeObject): boolean {
  const { selector } = asJsonObject(budget['spec']) as { readonly selector?: LabelSelector };
  return labelSelectorMatcher(selector)(pod.metadata.labels ?? undefined);
}

function isUnready(pod: KubeObject): boolean {
  const conditions = asJsonArray(asJsonObject(pod['status'])['conditions']).map(asJsonObject);
  return !conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** A pod that does not work may go when enough others do, or, by its author's choice, always. */
function mayAlwaysEvictUnready({ spec, status }: KubeObject): boolean {
  if (asJsonObject(spec)['unhealthyPodEvictionPolicy'] === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = asJsonObject(status);
  return Number(currentHealthy) >= Number(desiredHealthy) && Number(desiredHealthy) > 0;
}

function spent({ object }: StoredObject, pod: string, time: string): KubeObject {
  const status = asJsonObject(object['status']);
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, observedGeneration = 0 } = status;
  const { name = '', generation = 0 } = object.metadata;
  if (Number(observedGeneration) < generation) {
    throw refused(`The disruption budget ${name} is still being processed by the server.`);
  }
  if (Number(disruptionsAllowed) <= 0) {
    throw refused(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
  return {
    ...object,
    status: {
      ...status,
      disruptionsAllowed: Number(disruptionsAllowed) - 1,
      // Until the controller sees the pod go, it must not count it as one that works.
      disruptedPods: { ...asJsonObject(status['disruptedPods']), [pod]: time },
    },
  };
}

function refused(message: string): Error {
  return tooManyRequests(retryAfterSeconds, refusal, [{ reason: 'DisruptionBudget', message }]);
}

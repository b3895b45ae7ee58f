import { readBody } from '../../http/index.ts';
import { badRequest, conflict, notFound } from '../../kube/index.ts';
import { timestamp } from '../objects/object-context.ts';
import { coreType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { parseBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { reviewOf } from './requester.ts';
import { respondCreated } from './respond.ts';
import { reviewObject } from './review-object.ts';
import { parseWriteOptions } from './write-options.ts';

/** POST of pods/binding: a scheduler's decision. Source: Kubernetes pkg/registry/core/pod/storage BindingREST. */
export const bindPod: Handler = (context, call) => bind(context, call, call.type, call.name);

/** POST of a Binding to its own collection, as schedulers once did. */
export const createBinding: Handler = (context, call) => bind(context, call, coreType('pods'), '');

async function bind(context: HandlerContext, call: Call, pods: ResourceType, name: string): Promise<void> {
  const { request } = call;
  const body = await readBody(request, context.maxBodyBytes);
  const { dryRun } = parseWriteOptions('CreateOptions', call.query);
  const sent = asJsonObject(parseBody('Binding', request.headers['content-type'], body).value);
  const review = reviewOf(call, 'CreateOptions', { dryRun });
  const binding = await reviewObject(context, call, { operation: 'CREATE', dryRun, review }, sent);
  const metadata = asJsonObject(binding['metadata']);
  const pod = name === '' ? String(metadata['name'] ?? '') : name;
  if ((metadata['name'] ?? pod) !== pod)
    throw badRequest('name in URL does not match name in Binding object');
  const { kind = 'Node', name: node = '' } = asJsonObject(binding['target']);
  if (kind !== 'Node' || node === '') throw badRequest('target must be a Node, by its name');
  const { uid } = metadata;
  await assign(context, { call, pods, pod, uid, node: String(node), dryRun });
  respondCreated(call);
}

interface Assignment {
  readonly call: Call;
  readonly pods: ResourceType;
  readonly pod: string;
  /** Of the pod that the scheduler saw, if it says so. */
  readonly uid: unknown;
  readonly node: string;
  readonly dryRun: boolean;
}

/** Throws StatusError 404, or 409 when the pod has a node, waits at a gate, is on its way out or is another one. */
async function assign(
  { objects }: HandlerContext,
  { call, pods, pod, uid, node, dryRun }: Assignment,
): Promise<void> {
  for (;;) {
    const current = await objects.objects.get(pods, call.namespace, pod);
    if (current === undefined) throw notFound(pods, pod);
    const { metadata } = current.object;
    if (metadata.deletionTimestamp !== undefined) {
      throw conflict(
        { group: '', resource: 'pods/binding' },
        pod,
        `pod ${pod} is being deleted, cannot be assigned to a host`,
      );
    }
    const assigned = asJsonObject(current.object['spec'])['nodeName'] ?? '';
    if (assigned !== '') {
      throw conflict(
        { group: '', resource: 'pods/binding' },
        pod,
        `pod ${pod} is already assigned to node ${JSON.stringify(assigned)}`,
      );
    }
    if (asJsonArray(asJsonObject(current.object['spec'])['schedulingGates']).length > 0) {
      const detail = `pod ${pod} has non-empty .spec.schedulingGates`;
      throw conflict({ group: '', resource: 'pods/binding' }, pod, detail);
    }
    if (typeof uid === 'string' && uid !== '' && uid !== metadata.uid) {
      throw conflict(
        pods,
        pod,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
      );
    }
    const bound = withNode(current.object, node, timestamp(objects));
    if (dryRun || (await objects.objects.replace(current, bound)) !== undefined) return;
  }
}

function withNode(pod: KubeObject, nodeName: string, time: string): KubeObject {
  const status = asJsonObject(pod['status']);
  const others = asJsonArray(status['conditions']).filter(
    (each) => asJsonObject(each)['type'] !== 'PodScheduled',
  );
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: time };
  return {
    ...pod,
    spec: { ...asJsonObject(pod['spec']), nodeName },
    status: { ...status, conditions: [...others, scheduled] },
  };
}

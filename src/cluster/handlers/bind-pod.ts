import { readBody } from '../../http/index.ts';
import {
  badRequest,
  conflict,
  type FieldError,
  fieldError,
  fieldErrorsText,
  notFound,
  untypedError,
} from '../../kube/index.ts';
import { timestamp } from '../objects/object-context.ts';
import { coreType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { confirmNamespace } from './create.ts';
import { decodeBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { reviewOf } from './requester.ts';
import { addWarnings, respondCreated } from './respond.ts';
import { reviewObject } from './review-object.ts';
import { parseWriteOptions } from './write-options.ts';

/** POST of pods/binding: a scheduler's decision. Source: Kubernetes pkg/registry/core/pod/storage BindingREST. */
export const bindPod: Handler = (context, call) => bind(context, call, call.type, call.name);

/** POST of a Binding to its own collection, as schedulers once did. */
export const createBinding: Handler = (context, call) => bind(context, call, coreType('pods'), '');

async function bind(context: HandlerContext, call: Call, pods: ResourceType, name: string): Promise<void> {
  const { request } = call;
  const body = await readBody(request, context.maxBodyBytes);
  const { dryRun, fieldValidation } = parseWriteOptions('CreateOptions', call.query);
  const contentType = request.headers['content-type'];
  const { object: sent, warnings } = decodeBody(coreType('bindings'), contentType, body, fieldValidation);
  addWarnings(call.response, warnings);
  confirmNamespace(call, sent);
  const review = reviewOf(call, 'CreateOptions', { dryRun });
  const binding = await reviewObject(context, call, { operation: 'CREATE', dryRun, review }, sent);
  const metadata = asJsonObject(binding['metadata']);
  const pod = name === '' ? String(metadata['name'] ?? '') : name;
  if ((metadata['name'] ?? '') !== pod) throw badRequest('name in URL does not match name in Binding object');
  const { kind = '', name: node = '' } = asJsonObject(binding['target']);
  const errors = targetErrors(kind, node);
  if (errors.length > 0) throw untypedError(fieldErrorsText(errors));
  await assign(context, { call, pods, pod, binding: metadata, node: String(node), dryRun });
  respondCreated(call);
}

/** Source: pkg/apis/core/validation ValidatePodBinding. */
function targetErrors(kind: unknown, node: unknown): FieldError[] {
  const ofKind = kind === '' || kind === 'Node' ? [] : [kindError(kind)];
  return node === '' ? [...ofKind, fieldError.required('target.name')] : ofKind;
}

function kindError(kind: unknown): FieldError {
  return fieldError.notSupported('target.kind', kind, ['Node', '<empty>']);
}

type Metadata = Record<string, unknown>;

interface Assignment {
  readonly call: Call;
  readonly pods: ResourceType;
  readonly pod: string;
  /** The Binding's metadata: which pod the scheduler saw, and what it writes on it. */
  readonly binding: Metadata;
  readonly node: string;
  readonly dryRun: boolean;
}

/** Throws StatusError 404, or 409 when the pod has a node, waits at a gate, is on its way out or is another one. */
async function assign(
  { objects }: HandlerContext,
  { call, pods, pod, binding, node, dryRun }: Assignment,
): Promise<void> {
  for (;;) {
    const current = await objects.objects.get(pods, call.namespace, pod);
    if (current === undefined) throw notFound(pods, pod);
    const other = preconditionProblem(binding, current.object.metadata);
    const key = `/registry/pods/${call.namespace}/${pod}`;
    const stored = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: `;
    if (other !== undefined) throw conflict(pods, pod, `${stored}Precondition failed: ${other}`);
    const obstacle = obstacleOf(current.object, pod);
    if (obstacle !== undefined) throw conflict({ group: '', resource: 'pods/binding' }, pod, obstacle);
    const bound = withNode(marked(current.object, binding), node, timestamp(objects));
    if (dryRun || (await objects.objects.replace(current, bound)) !== undefined) return;
  }
}

function preconditionProblem(asked: Metadata, { uid, resourceVersion }: KubeObject['metadata']) {
  const { uid: askedUid = '', resourceVersion: askedVersion = '' } = asked;
  if (askedUid !== '' && askedUid !== uid)
    return `UID in precondition: ${askedUid}, UID in object meta: ${uid}`;
  if (askedVersion === '' || askedVersion === resourceVersion) return undefined;
  return `ResourceVersion in precondition: ${askedVersion}, ResourceVersion in object meta: ${resourceVersion}`;
}

function obstacleOf({ metadata, spec }: KubeObject, pod: string): string | undefined {
  if (metadata.deletionTimestamp !== undefined)
    return `pod ${pod} is being deleted, cannot be assigned to a host`;
  const { nodeName = '', schedulingGates } = asJsonObject(spec);
  if (nodeName !== '') return `pod ${pod} is already assigned to node ${JSON.stringify(nodeName)}`;
  return asJsonArray(schedulingGates).length > 0
    ? `pod ${pod} has non-empty .spec.schedulingGates`
    : undefined;
}

/** What a scheduler writes on a Binding is the pod's too. */
function marked(pod: KubeObject, binding: Metadata): KubeObject {
  const metadata = { ...pod.metadata };
  for (const field of ['labels', 'annotations'] as const) {
    const added = asJsonObject(binding[field]) as Record<string, string>;
    if (Object.keys(added).length > 0) metadata[field] = { ...metadata[field], ...added };
  }
  return { ...pod, metadata };
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

import { readBody } from '../../http/index.ts';
import { badRequest, fieldError, invalid, notFound } from '../../kube/index.ts';
import { timestamp } from '../objects/object-context.ts';
import type { ReviewedForm } from '../objects/review-write.ts';
import { readScale, writeReplicas } from '../objects/scale-fields.ts';
import { type Applied, applyConfiguration } from '../ownership/index.ts';
import { applyPatch } from '../patch/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { isApply, readConfiguration } from './apply.ts';
import { parseBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { parsePatch, patchTypeOf } from './patch.ts';
import { presentObject, type View } from './present.ts';
import { respondJson } from './respond.ts';
import { scaleType } from './scale-type.ts';
import { trackingOf } from './tracking.ts';
import { viewOf } from './view-of.ts';
import { confirmName, writeObject } from './write.ts';
import { parseWriteOptions, type WriteOptions } from './write-options.ts';

/** GET of /scale. */
export const getScale: Handler = async (context, call) => {
  const view = viewOf(context, call);
  const found = await context.objects.objects.get(call.type, call.namespace, call.name);
  if (found === undefined) throw notFound(call.type, call.name);
  respondScale(call, found.object, view);
};

/** PUT of /scale. */
export const updateScale: Handler = async (context, call) => {
  const { request } = call;
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('UpdateOptions', call.query);
  const given = parseBody('Scale', request.headers['content-type'], body).value;
  await writeScale(context, call, options, () => given);
};

/** PATCH of /scale: the patch sees the Scale, not the object behind it. */
export const patchScale: Handler = async (context, call) => {
  if (isApply(call.request)) return applyScale(context, call);
  const contentType = patchTypeOf(call);
  const body = await readBody(call.request, context.maxBodyBytes);
  const options = parseWriteOptions('PatchOptions', call.query);
  const patch = parsePatch(body.toString('utf8'));
  await writeScale(context, call, options, (scale) =>
    applyPatch({ contentType, current: scale, patch, type: call.type }),
  );
};

/**
 * Apply to /scale: what is owned is the number in the object behind it.
 * Source: Kubernetes apimachinery/pkg/util/managedfields/scalehandler.go.
 */
async function applyScale(context: HandlerContext, call: Call): Promise<void> {
  const { type, name, subresource } = call;
  const view = viewOf(context, call);
  const body = await readBody(call.request, context.maxBodyBytes);
  const options = parseWriteOptions('PatchOptions', call.query, true);
  const { fieldManager: manager, force } = options;
  const { object: scale } = readConfiguration(body);
  if (scale.kind !== 'Scale' || scale.apiVersion !== 'autoscaling/v1') {
    throw badRequest('the configuration must be a Scale of autoscaling/v1');
  }
  confirmName(call, { metadata: { name: String(scale.metadata.name ?? '') } });
  const bare = { apiVersion: groupVersionOf(type), kind: type.kind, metadata: { name } };
  const config = writeReplicas(type, bare, replicasOf(scale));
  let applied: Applied | undefined;
  const write = { options, trackFields: () => applied?.managedFields, form: formOf(type) };
  const written = await writeObject(context, call, write, (live, versions) => {
    const time = timestamp(context.objects);
    applied = applyConfiguration({ type, live, config, manager, subresource, force, time, versions });
    return applied.object;
  });
  respondScale(call, written, view);
}

/** Throws StatusError 400 for what is no number of 32 bits, 422 for one below zero. */
function replicasOf(scale: unknown): number {
  const { replicas = 0 } = asJsonObject(asJsonObject(scale)['spec']);
  if (!Number.isInteger(replicas) || Math.abs(Number(replicas)) > MAX_INT32) {
    const found = typeof replicas === 'number' ? `number ${replicas}` : typeof replicas;
    const problem = `json: cannot unmarshal ${found} into Go struct field ScaleSpec.spec.replicas of type int32`;
    throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
  }
  if (Number(replicas) >= 0) return Number(replicas);
  const { name = '' } = asJsonObject(asJsonObject(scale)['metadata']);
  const negative = fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, String(name), [negative]);
}

const MAX_INT32 = 2 ** 31 - 1;

async function writeScale(
  context: HandlerContext,
  call: Call,
  options: WriteOptions,
  change: (scale: KubeObject) => unknown,
): Promise<void> {
  const write = { options, trackFields: trackingOf(context, call, options), form: formOf(call.type) };
  const written = await writeObject(context, call, write, (current) => {
    const wanted = asJsonObject(change(scaleOf(call.type, current)));
    const metadata = asJsonObject(wanted['metadata']);
    const replicas = replicasOf(wanted);
    confirmName(call, { metadata: { name: String(metadata['name'] ?? '') } });
    const { resourceVersion, uid } = metadata;
    return {
      ...writeReplicas(call.type, current, replicas),
      metadata: {
        ...current.metadata,
        // The Scale's own preconditions, or none: not those of the object just read.
        resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
        uid: typeof uid === 'string' ? uid : '',
      },
    };
  });
  respondScale(call, written, viewOf(context, call));
}

/** A Scale of an object, as webhooks see it, and what they make of it. */
function formOf(type: ResourceType): ReviewedForm {
  return {
    shown: (object) => scaleOf(type, object),
    taken: (scale, object) => writeReplicas(type, object, replicasOf(scale)),
  };
}

function respondScale(call: Call, object: KubeObject, view: View): void {
  const shown = presentObject(scaleType, scaleOf(call.type, object), view);
  respondJson(call.request, call.query, call.response, 200, shown);
}

function scaleOf(type: ResourceType, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { replicas, statusReplicas, selector } = readScale(type, object);
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: JSON.parse(JSON.stringify(metadata)),
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: statusReplicas ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

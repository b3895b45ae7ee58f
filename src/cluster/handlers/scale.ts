import { readBody } from '../../http/index.ts';
import { fieldError, invalid, notFound } from '../../kube/index.ts';
import { timestamp } from '../objects/object-context.ts';
import type { ReviewedForm } from '../objects/review-write.ts';
import { readScale, writeReplicas } from '../objects/scale-fields.ts';
import { type Applied, applyConfiguration, confirmApplicable } from '../ownership/index.ts';
import { applyPatch } from '../patch/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { isApply, readConfiguration } from './apply.ts';
import { confirmFits } from './confirm-fits.ts';
import { confirmNamespace } from './create.ts';
import { decodeBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { parsePatch, patchTypeOf } from './patch.ts';
import { presentObject, type View } from './present.ts';
import { addWarnings, respondJson } from './respond.ts';
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
  const { request, response } = call;
  const view = viewOf(context, call);
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('UpdateOptions', call.query);
  const contentType = request.headers['content-type'];
  const { object, warnings } = decodeBody(scaleType, contentType, body, options.fieldValidation);
  addWarnings(response, warnings);
  confirmNamespace(call, object);
  respondScale(call, await writeScale(context, call, options, () => object), view);
};

/** PATCH of /scale: the patch sees the Scale, not the object behind it. */
export const patchScale: Handler = async (context, call) => {
  if (isApply(call.request)) return applyScale(context, call);
  const contentType = patchTypeOf(call);
  const view = viewOf(context, call);
  const body = await readBody(call.request, context.maxBodyBytes);
  const options = parseWriteOptions('PatchOptions', call.query);
  const text = body.toString('utf8');
  const given = parsePatch(text);
  let warnings: readonly string[] = [];
  const written = await writeScale(context, call, options, (scale) => {
    const patched = applyPatch({ contentType, current: scale, patch: given, type: scaleType });
    warnings = confirmFits(scaleType, patched, { contentType, given, text }, options.fieldValidation);
    return patched;
  });
  addWarnings(call.response, warnings);
  respondScale(call, written, view);
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
  confirmApplicable({ type: scaleType, config: scale });
  // A configuration that names nothing is the path's.
  if ((scale.metadata.name ?? '') !== '') confirmName(call, scale);
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

/** Throws StatusError 422 for a number below zero. */
function replicasOf(scale: unknown): number {
  const { replicas } = asJsonObject(asJsonObject(scale)['spec']);
  const count = Number(replicas ?? 0);
  if (count >= 0) return count;
  const { name = '' } = asJsonObject(asJsonObject(scale)['metadata']);
  const negative = fieldError.invalid('spec.replicas', count, 'must be greater than or equal to 0');
  throw invalid(scaleType, String(name), [negative]);
}

async function writeScale(
  context: HandlerContext,
  call: Call,
  options: WriteOptions,
  change: (scale: KubeObject) => unknown,
): Promise<KubeObject> {
  const write = { options, trackFields: trackingOf(context, call, options), form: formOf(call.type) };
  return writeObject(context, call, write, (current) => {
    const wanted = asJsonObject(change(scaleOf(call.type, current)));
    const metadata = asJsonObject(wanted['metadata']);
    confirmName(call, { metadata: { name: String(metadata['name'] ?? '') } });
    const replicas = replicasOf(wanted);
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

import { readBody } from '../../http/index.ts';
import { badRequest, notFound } from '../../kube/index.ts';
import { applyPatch } from '../patch/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { parseBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { parsePatch, patchTypeOf } from './patch.ts';
import { respondJson } from './respond.ts';
import { readScale, writeReplicas } from './scale-fields.ts';
import { trackingOf } from './tracking.ts';
import { confirmName, writeObject } from './write.ts';
import { parseWriteOptions, type WriteOptions } from './write-options.ts';

/** GET of /scale. */
export const getScale: Handler = async (context, call) => {
  const found = await context.objects.objects.get(call.type, call.namespace, call.name);
  if (found === undefined) throw notFound(call.type, call.name);
  respondJson(call.request, call.query, call.response, 200, scaleOf(call.type, found.object));
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
  const contentType = patchTypeOf(call);
  const body = await readBody(call.request, context.maxBodyBytes);
  const options = parseWriteOptions('PatchOptions', call.query);
  const patch = parsePatch(body.toString('utf8'));
  await writeScale(context, call, options, (scale) =>
    applyPatch({ contentType, current: scale, patch, type: call.type }),
  );
};

async function writeScale(
  context: HandlerContext,
  call: Call,
  options: WriteOptions,
  change: (scale: KubeObject) => unknown,
): Promise<void> {
  const write = { dryRun: options.dryRun, trackFields: trackingOf(context, call, options) };
  const written = await writeObject(context, call, write, (current) => {
    const wanted = asJsonObject(change(scaleOf(call.type, current)));
    const metadata = asJsonObject(wanted['metadata']);
    const { replicas = 0 } = asJsonObject(wanted['spec']);
    if (!Number.isInteger(replicas) || Number(replicas) < 0) {
      throw badRequest(`Scale in version "v1" cannot be handled as a Scale: invalid spec.replicas`);
    }
    confirmName(call, { metadata: { name: String(metadata['name'] ?? '') } });
    const { resourceVersion, uid } = metadata;
    return {
      ...writeReplicas(call.type, current, Number(replicas)),
      metadata: {
        ...current.metadata,
        // The Scale's own preconditions, or none: not those of the object just read.
        resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
        uid: typeof uid === 'string' ? uid : '',
      },
    };
  });
  respondJson(call.request, call.query, call.response, 200, scaleOf(call.type, written));
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

import { readBody } from '../../http/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { confirmRevision } from './confirm-revision.ts';
import { confirmNamespace } from './create.ts';
import { decodeBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { presentObject } from './present.ts';
import { addWarnings, respondJson } from './respond.ts';
import { trackingOf } from './tracking.ts';
import { viewOf } from './view-of.ts';
import { confirmName, createOnUpdate, type Write, writeObject } from './write.ts';
import { parseWriteOptions } from './write-options.ts';

/** PUT of one object, of its /status or of a namespace's /finalize. */
export const update: Handler = async (context, call) => {
  const { request, response, type, namespace, name } = call;
  const view = viewOf(context, call);
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('UpdateOptions', call.query);
  const decoded = decodeBody(type, request.headers['content-type'], body, options.fieldValidation);
  addWarnings(response, decoded.warnings);
  confirmNamespace(call, decoded.object);
  confirmName(call, decoded.object);
  const write = { options, trackFields: trackingOf(context, call, options) };
  const isThere = await context.objects.objects.has(type, namespace, name);
  const written = isThere
    ? await replaceObject(context, call, write, decoded.object)
    : await createOnUpdate(context, call, write, decoded.object);
  const code = isThere ? 200 : 201;
  respondJson(request, call.query, response, code, presentObject(type, written, view));
};

function replaceObject(
  context: HandlerContext,
  call: Call,
  write: Write,
  object: KubeObject,
): Promise<KubeObject> {
  confirmRevision(call.type, object);
  return writeObject(context, call, write, () => structuredClone(object));
}

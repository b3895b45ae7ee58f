import { readBody } from '../../http/index.ts';
import { badRequest } from '../../kube/index.ts';
import { createObject } from '../objects/create-object.ts';
import type { KubeObject } from '../resources/index.ts';
import { decodeBody } from './decode-body.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { isRbac } from './is-rbac.ts';
import { objectWarnings } from './object-warnings.ts';
import { presentObject } from './present.ts';
import { requestedBy } from './requested-by.ts';
import { reviewOf } from './requester.ts';
import { addWarnings, respondJson } from './respond.ts';
import { trackingOf } from './tracking.ts';
import { viewOf } from './view-of.ts';
import { parseWriteOptions } from './write-options.ts';

/** POST to a collection. */
export const create: Handler = async (context, call) => {
  const { request, response, type, namespace } = call;
  const view = viewOf(context, call);
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('CreateOptions', call.query);
  const decoded = decodeBody(type, request.headers['content-type'], body, options.fieldValidation);
  addWarnings(response, decoded.warnings);
  confirmNamespace(call, decoded.object);
  const created = await createObject(context.objects, {
    type,
    namespace,
    object: requestedBy(type, decoded.object, request.user),
    dryRun: options.dryRun,
    review: reviewOf(call, 'CreateOptions', options),
    trackFields: trackingOf(context, call, options),
    confirm: (object) => confirmNoEscalation(context, call, object, undefined),
  });
  addWarnings(response, objectWarnings(type, created, undefined));
  respondJson(request, call.query, response, 201, presentObject(type, created, view));
};

/** The URL decides the namespace; a body may repeat it or leave it out. Throws StatusError 400. */
export function confirmNamespace(call: Call, object: KubeObject): void {
  // What is in no namespace has none: a body's is dropped when it is prepared.
  if (!call.type.namespaced) return;
  const { namespace = '' } = object.metadata;
  if (namespace !== '' && namespace !== call.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** Nobody grants by RBAC objects what they do not hold. Throws StatusError 403. */
export function confirmNoEscalation(
  context: HandlerContext,
  call: Call,
  object: KubeObject,
  old: KubeObject | undefined,
): void {
  if (isRbac(call.type)) context.deps.confirmNoEscalation?.(call.request, object, old);
}

import { badRequest, forbidden, notFound } from '../../kube/index.ts';
import { createObject } from '../objects/create-object.ts';
import { type Part, type SubresourcePart, subresourceParts } from '../objects/parts.ts';
import type { ReviewedForm } from '../objects/review-write.ts';
import type { TrackFields } from '../objects/track-fields.ts';
import { type UpdateCall, updateObject } from '../objects/update-object.ts';
import type { KubeObject } from '../resources/index.ts';
import { confirmSigner } from './confirm-signer.ts';
import { confirmNamespace, confirmNoEscalation } from './create.ts';
import type { Call, HandlerContext } from './handler-context.ts';
import { objectWarnings } from './object-warnings.ts';
import { requestedBy } from './requested-by.ts';
import { reviewOf } from './requester.ts';
import { addWarnings } from './respond.ts';
import type { WriteOptions } from './write-options.ts';

/** How an object is written. */
export interface Write {
  readonly options: WriteOptions;
  readonly trackFields: TrackFields;
  /** What the path shows of the object; absent where it shows the object. */
  readonly form?: ReviewedForm;
}

/** The part of an object that a path writes; /scale writes the main one in its own way. */
function partOf({ subresource }: Call): Part {
  return Object.hasOwn(subresourceParts, subresource) ? (subresource as SubresourcePart) : 'main';
}

/** Updates the object that the path names, after the checks that every body must pass. */
export async function writeObject(
  context: HandlerContext,
  call: Call,
  { options, trackFields, form }: Write,
  change: UpdateCall['change'],
): Promise<KubeObject> {
  const { type, namespace, name } = call;
  let before: KubeObject | undefined;
  const written = await updateObject(context.objects, {
    type,
    namespace,
    name,
    part: partOf(call),
    dryRun: options.dryRun,
    review: { ...reviewOf(call, 'UpdateOptions', options), ...(form && { form }) },
    trackFields,
    change: (current, versions) => {
      const wanted = change(current, versions);
      confirmNamespace(call, wanted);
      confirmName(call, wanted);
      return wanted;
    },
    confirm(object, old) {
      confirmNoEscalation(context, call, object, old);
      confirmSigner(call, object, old);
      before = old;
    },
  });
  const isWhole = call.subresource === '';
  addWarnings(call.response, before && isWhole ? objectWarnings(type, written, before) : []);
  return written;
}

/** A PUT to an absent name. Where the kind allows it, it creates. Throws StatusError 403 or 404. */
export async function createOnUpdate(
  context: HandlerContext,
  call: Call,
  write: Write,
  object: KubeObject,
): Promise<KubeObject> {
  if (!call.type.createOnUpdate || call.subresource !== '') throw notFound(call.type, call.name);
  return createUnderName(context, call, write, object);
}

/**
 * Creates the object that a PUT or an apply names, which the user must also be allowed to. Throws StatusError 403.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/update.go withAuthorization.
 */
export async function createUnderName(
  context: HandlerContext,
  call: Call,
  { options, trackFields }: Write,
  object: KubeObject,
): Promise<KubeObject> {
  const { request, type, namespace, name } = call;
  const attributes = {
    user: request.user,
    verb: 'create',
    isResourceRequest: true,
    path: request.requestInfo.path,
    apiGroup: type.group,
    apiVersion: type.version,
    resource: type.resource,
    subresource: '',
    namespace: type.namespaced ? namespace : request.requestInfo.namespace,
    name,
  };
  const decision = request.authorize(attributes);
  if (decision.decision !== 'allow') throw forbidden(attributes, decision.reason);
  // The revision of what was there once says nothing about a new object.
  const { resourceVersion: _, ...metadata } = object.metadata;
  const made = await createObject(context.objects, {
    type,
    namespace,
    object: requestedBy(type, { ...object, metadata }, request.user),
    dryRun: options.dryRun,
    review: reviewOf(call, 'CreateOptions', options),
    trackFields,
    confirm: (created) => confirmNoEscalation(context, call, created, undefined),
  });
  addWarnings(call.response, objectWarnings(type, made, undefined));
  return made;
}

/** Throws StatusError 400 when a body names another object than the path. */
export function confirmName(call: Call, object: KubeObject): void {
  const { name = '' } = object.metadata;
  if (name === call.name) return;
  if (name === '') {
    throw badRequest(
      `the name of the object (${call.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
}

import { encodeStatus, success } from '../../kube/index.ts';
import { type DeleteOutcome, deleteObject } from '../objects/delete-object.ts';
import { ignoreNotFound } from '../objects/is-not-found.ts';
import { readDeleteOptions } from './delete-options.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { listObjects } from './list.ts';
import { parseListQuery } from './list-query.ts';
import { presentList, presentObject } from './present.ts';
import { deletionReviewOf } from './requester.ts';
import { respondJson } from './respond.ts';
import { viewOf } from './view-of.ts';

/** Kinds whose registry answers a completed deletion with the object. Source: ReturnDeletedObject in pkg/registry. */
const returnedWhenGone = new Set([
  '/pods',
  '/services',
  '/serviceaccounts',
  '/persistentvolumeclaims',
  '/resourcequotas',
]);

/** DELETE of one object. */
export const deleteOne: Handler = async (context, call) => {
  const { request, response, type, namespace, name } = call;
  const view = viewOf(context, call);
  const options = await readDeleteOptions(context, call);
  const review = deletionReviewOf(call, options);
  const outcome = await deleteObject(context.objects, { type, namespace, name, review, ...options });
  const shown = showsObject(call, outcome)
    ? presentObject(type, outcome.object, view)
    : deletedStatus(call, outcome);
  respondJson(request, call.query, response, 200, shown);
};

function showsObject({ type }: Call, outcome: DeleteOutcome): boolean {
  return !outcome.gone || returnedWhenGone.has(`${type.group}/${type.resource}`);
}

function deletedStatus({ type, name }: Call, outcome: DeleteOutcome): unknown {
  const { uid } = outcome.object.metadata;
  const details = { name, group: type.group, kind: type.resource, ...(uid === undefined ? {} : { uid }) };
  return JSON.parse(encodeStatus(success(details)));
}

/** DELETE of a collection: what the selectors take. Answers with the list of what was asked to go. */
export const deleteCollection: Handler = async (context, call) => {
  const { request, response, type, namespace } = call;
  const view = viewOf(context, call);
  const query = parseListQuery(call);
  const options = await readDeleteOptions(context, call);
  const page = await listObjects(context.objects, type, namespace, query);
  for (const { object } of page.items) await deleteListed(context, call, object.metadata, options);
  const objects = page.items.map((item) => item.object);
  respondJson(request, call.query, response, 200, presentList(type, objects, page.metadata, view));
};

async function deleteListed(
  context: HandlerContext,
  call: Call,
  metadata: { readonly namespace?: string; readonly name?: string },
  options: Awaited<ReturnType<typeof readDeleteOptions>>,
): Promise<void> {
  const { namespace = '', name = '' } = metadata;
  // Somebody else may have been faster; then what was asked for has happened.
  const deletion = { type: call.type, namespace, name, isOfCollection: true, ...options };
  const review = deletionReviewOf(call, options);
  await deleteObject(context.objects, { ...deletion, review }).catch(ignoreNotFound);
}

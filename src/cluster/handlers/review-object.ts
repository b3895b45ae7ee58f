import { kindOf, type Operation } from '../admission/index.ts';
import { reviewersOf, type WriteReview } from '../objects/review-write.ts';
import { asJsonObject, isJsonObject } from '../schema/index.ts';
import type { Call, HandlerContext } from './handler-context.ts';
import { requesterOf } from './requester.ts';

type Json = Record<string, unknown>;

/**
 * Has webhooks and policies look at an object that is not kept: what a subresource takes. Gives what becomes of it. Throws
 * StatusError when one refuses.
 */
export async function reviewObject(
  context: HandlerContext,
  call: Call,
  {
    operation,
    dryRun,
    review,
  }: { readonly operation: Operation; readonly dryRun: boolean; readonly review: WriteReview },
  object: Json,
): Promise<Json> {
  const { type, namespace, subresource } = call;
  const reviewers = reviewersOf(context.objects, { type, namespace, dryRun, review }, operation);
  if (reviewers === undefined) return object;
  const { group, version, kind } = kindOf(type, subresource);
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const { metadata, ...rest } = object;
  const shown = { kind, apiVersion, ...(isJsonObject(metadata) && { metadata }), ...rest } as Json & {
    metadata: Json;
  };
  const name = call.name || String(asJsonObject(metadata)['name'] ?? '');
  const made = (await reviewers.mutate(reviewers.attributes(name, shown, undefined))) ?? shown;
  await reviewers.validate(reviewers.attributes(name, made, undefined));
  return made;
}

/** What is opened, and how, before it is. Throws StatusError when a webhook or a policy is against it. */
export async function reviewConnect(context: HandlerContext, call: Call, options: Json): Promise<void> {
  const review = { requester: requesterOf(call, null), subresource: call.subresource };
  await reviewObject(context, call, { operation: 'CONNECT', dryRun: false, review }, options);
}

import { randomUUID } from 'node:crypto';
import { badRequest, goQuote, labelKeyErrors } from '../../../kube/index.ts';
import type { ResourceType } from '../../resources/index.ts';
import { WebhookCallError } from '../../webhooks/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';
import { requestOf } from '../expressions/admission-view.ts';
import { encodeReview, readVerdict, reviewVersions, type Verdict } from './admission-review.ts';
import { deniedBy } from './denied-by.ts';
import { type Hook, HookCallError } from './hook.ts';

/** In characters: what an audit event takes from one webhook under one key. */
const longestAnnotation = 10 * 1024;

/**
 * Asks a webhook. Throws HookCallError when it cannot be asked, StatusError when it refuses.
 * Source: apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go.
 * @param matched the kind in the version that the rule is about
 * @param objects of the request, in that version
 * @param mutates whether it may answer with a patch
 */
export async function callHook(
  hook: Hook,
  attributes: AdmissionAttributes,
  matched: ResourceType,
  objects: Pick<AdmissionAttributes, 'object' | 'oldObject'>,
  mutates: boolean,
): Promise<Verdict> {
  if (attributes.dryRun) confirmDryRun(hook);
  const version = hook.reviewVersions.find((each) => reviewVersions.includes(each));
  if (version === undefined) {
    const text = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)';
    throw new HookCallError(hook, `could not create admission objects: ${text}`, 400);
  }
  const asked = { version, uid: randomUUID(), request: requestOf(attributes, matched), objects };
  const answer = await hook.client.post(encodeReview(asked)).catch((error: unknown) => {
    if (!(error instanceof WebhookCallError)) throw error;
    throw new HookCallError(hook, `failed to call webhook: ${error.message}`, error.answered ?? 503);
  });
  const verdict = readVerdict(answer, asked, mutates);
  if (typeof verdict === 'string') {
    throw new HookCallError(hook, `received invalid webhook response: ${verdict}`, 503);
  }
  const { requester } = attributes;
  for (const [key, value] of Object.entries(verdict.auditAnnotations)) {
    const name = `${hook.name}/${key}`;
    if (labelKeyErrors(name).length === 0) requester.annotate(name, value.slice(0, longestAnnotation));
  }
  for (const text of verdict.warnings) requester.warn(text);
  if (!verdict.allowed) throw deniedBy(hook.name, verdict.result);
  return verdict;
}

function confirmDryRun(hook: Hook): void {
  if (hook.takesDryRun === undefined) throw new HookCallError(hook, 'Webhook SideEffects is nil', 400);
  if (!hook.takesDryRun) {
    throw badRequest(`admission webhook ${goQuote(hook.name)} does not support dry run`);
  }
}

import { internalError } from '../../../kube/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';
import { callHook } from './call-hook.ts';
import { HookCallError } from './hook.ts';
import { isAsked, type Objects, objectsIn, type RuledHook } from './matching-hook.ts';
import type { MutateDeps } from './mutate.ts';
import { observeHook } from './observe-hook.ts';

/**
 * Asks validating webhooks, all at a time. Throws StatusError with what the first one of those that refuse says, 500 when one
 * fails that must not. Source: apiserver/pkg/admission/plugin/webhook/validating/dispatcher.go.
 */
export async function validate(
  hooks: readonly RuledHook[],
  attributes: AdmissionAttributes,
  { metrics, findNamespace }: Pick<MutateDeps, 'metrics' | 'findNamespace'>,
): Promise<void> {
  const versions = new Map<unknown, Promise<Objects>>();
  const versioned = ({ type }: RuledHook): Promise<Objects> => {
    const made = versions.get(type) ?? objectsIn(attributes, type);
    versions.set(type, made);
    return made;
  };
  const asked: RuledHook[] = [];
  for (const ruled of hooks) {
    if (await isAsked(ruled, attributes, findNamespace, () => versioned(ruled))) asked.push(ruled);
  }
  const { operation, requester } = attributes;
  const outcomes = await Promise.allSettled(
    asked.map(async (ruled, index) => {
      const { hook, type } = ruled;
      const objects = await versioned(ruled);
      const noteFailedOpen = () => {
        const key = `failed-open.validating.webhook.admission.k8s.io/round_0_index_${index}`;
        requester.annotate(key, hook.name);
      };
      const ask = () => callHook(hook, attributes, type, objects, false);
      await observeHook(metrics, { hook, type: 'validating', operation }, ask, noteFailedOpen);
    }),
  );
  const refusal = outcomes.find(({ status }) => status === 'rejected');
  if (refusal?.status !== 'rejected') return;
  const error: unknown = refusal.reason;
  throw error instanceof HookCallError ? internalError(error.message) : error;
}

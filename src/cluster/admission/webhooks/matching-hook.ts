import { forbiddenObject } from '../../../kube/index.ts';
import type { ResourceType } from '../../resources/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';
import { admissionView } from '../expressions/admission-view.ts';
import { inVersion } from '../match/in-version.ts';
import type { FindNamespace } from '../match/selection.ts';
import type { Hook } from './hook.ts';

/** A webhook whose rules are about a request, and in which version. */
export interface RuledHook {
  readonly hook: Hook;
  /** Among all webhooks that mutate, or all that validate, in the order in which they are asked. */
  readonly index: number;
  readonly type: ResourceType;
}

export type Objects = Pick<AdmissionAttributes, 'object' | 'oldObject'>;

/**
 * Whether a webhook is asked about a request, beyond its rules. Throws StatusError 403 when that cannot be told and the webhook
 * fails closed. Source: apiserver/pkg/admission/plugin/webhook/generic/webhook.go ShouldCallHook.
 * @param versioned the objects in the version that the rule is about
 */
export async function isAsked(
  { hook, type }: RuledHook,
  attributes: AdmissionAttributes,
  findNamespace: FindNamespace,
  versioned: () => Promise<Objects>,
): Promise<boolean> {
  if (!(await hook.selects(attributes, findNamespace))) return false;
  if (hook.conditions === undefined) return true;
  const view = admissionView(attributes, type, await versioned(), undefined);
  const outcome = hook.conditions.evaluate(view.values(null, null));
  if ('matches' in outcome) return outcome.matches;
  if (hook.failsOpen) return false;
  throw forbiddenObject(attributes.type, attributes.name, outcome.problem);
}

/** A request's objects in another version. */
export async function objectsIn(
  { type, subresource, object, oldObject }: AdmissionAttributes,
  to: ResourceType,
): Promise<Objects> {
  const shown = async (each: AdmissionAttributes['object']) =>
    each === undefined ? undefined : inVersion(each, type, to, subresource);
  return { object: await shown(object), oldObject: await shown(oldObject) };
}

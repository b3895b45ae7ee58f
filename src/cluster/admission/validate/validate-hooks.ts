import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../../schema/index.ts';
import { bindingErrors } from './validate-binding.ts';
import { policyErrors } from './validate-policy.ts';
import { webhooksErrors } from './validate-webhook.ts';

/**
 * What is wrong with a configuration of webhooks, a policy or a binding. What does not change is not
 * looked at again. Source: Kubernetes pkg/apis/admissionregistration/validation/validation.go.
 */
export function validateHooks(
  { group, resource }: ResourceType,
  object: KubeObject,
  old: KubeObject | undefined,
): readonly FieldError[] {
  if (group !== 'admissionregistration.k8s.io') return [];
  const isSame = (member: string) => old !== undefined && isDeepStrictEqual(object[member], old[member]);
  switch (resource) {
    case 'mutatingwebhookconfigurations':
    case 'validatingwebhookconfigurations':
      return isSame('webhooks') ? [] : webhooksErrors(asJsonArray(object['webhooks']).map(asJsonObject));
    case 'validatingadmissionpolicies':
      return isSame('spec') ? [] : policyErrors(asJsonObject(object['spec']));
    case 'validatingadmissionpolicybindings':
      return isSame('spec') ? [] : bindingErrors(asJsonObject(object['spec']));
    default:
      return [];
  }
}

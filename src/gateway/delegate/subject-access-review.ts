import type { Attributes, Decision } from '../../kube/index.ts';
import { fieldSelectorAttributes, labelSelectorAttributes } from './selector-attributes.ts';

const API_VERSION = 'authorization.k8s.io/v1';

export const SUBJECT_ACCESS_REVIEWS = `/apis/${API_VERSION}/subjectaccessreviews`;

/**
 * The question as an API server takes it.
 * Source: Kubernetes apiserver plugin/pkg/authorizer/webhook/webhook.go.
 */
export function subjectAccessReview(attributes: Attributes): object {
  const { user, verb, fieldSelector = '', labelSelector = '' } = attributes;
  const fields = fieldSelectorAttributes(fieldSelector);
  const labels = labelSelectorAttributes(labelSelector);
  return {
    apiVersion: API_VERSION,
    kind: 'SubjectAccessReview',
    spec: {
      ...(attributes.isResourceRequest
        ? {
            resourceAttributes: {
              namespace: attributes.namespace,
              verb,
              group: attributes.apiGroup,
              version: attributes.apiVersion,
              resource: attributes.resource,
              subresource: attributes.subresource,
              name: attributes.name,
              ...(fields === undefined ? {} : { fieldSelector: fields }),
              ...(labels === undefined ? {} : { labelSelector: labels }),
            },
          }
        : { nonResourceAttributes: { path: attributes.path, verb } }),
      user: user.username,
      groups: user.groups,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
  };
}

/**
 * What an API server said. Anything but a plain `allowed: true` is no.
 * @throws Error when it said nothing
 */
export function decisionOf(review: unknown): Decision {
  const { status } = fieldsOf(review);
  if (fieldsOf(status) !== status) throw new Error('the answer is no SubjectAccessReview');
  const { allowed, denied, reason } = fieldsOf(status);
  const text = typeof reason === 'string' ? reason : '';
  if (denied === true) return { decision: 'deny', reason: text };
  return { decision: allowed === true ? 'allow' : 'noOpinion', reason: text };
}

/** An object as it is; without fields what is none. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : {};
}

import type { Attributes, UserInfo } from '../../kube/index.ts';
import { selectorOf } from './review-selector.ts';
import type { ReviewSpec } from './review-spec.ts';

/** The question that a review's spec puts to an authorizer about a user. Source: Kubernetes pkg/registry/authorization/util. */
export function attributesOfReview(spec: ReviewSpec, user: UserInfo): Attributes {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  return {
    user,
    isResourceRequest: resource !== undefined,
    verb: resource?.verb ?? path?.verb ?? '',
    path: path?.path ?? '',
    apiGroup: resource?.group ?? '',
    apiVersion: resource?.version ?? (resource ? '*' : ''),
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
    fieldSelector: selectorOf('fieldSelector', resource?.fieldSelector),
    labelSelector: selectorOf('labelSelector', resource?.labelSelector),
  };
}

/** SubjectAccessReview takes groups literally: system:authenticated is not added. */
export function subjectOf(spec: ReviewSpec): UserInfo {
  return {
    username: spec.user ?? '',
    groups: spec.groups ?? [],
    ...(spec.uid === undefined ? {} : { uid: spec.uid }),
    ...(spec.extra === undefined ? {} : { extra: spec.extra }),
  };
}

import type { RequestInfo } from './request-info.ts';
import type { UserInfo } from './user-info.ts';

/**
 * What an authorizer is asked: one verb on one resource or one path, by one user.
 * Source: Kubernetes apiserver/pkg/authorization/authorizer Attributes.
 */
export interface Attributes {
  readonly user: UserInfo;
  /** Kubernetes verb; for a path the lower-cased HTTP method; '' for an unknown method on a resource. */
  readonly verb: string;
  readonly isResourceRequest: boolean;
  /** Decoded path; only meaningful when isResourceRequest is false. */
  readonly path: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a collection, as it was sent; absent or '' for all of it. RBAC looks at neither. */
  readonly fieldSelector?: string | readonly SelectorRequirement[];
  readonly labelSelector?: string | readonly SelectorRequirement[];
}

/**
 * What a selector demands, as access reviews say it beside the text form.
 * Source: Kubernetes meta/v1 FieldSelectorRequirement and LabelSelectorRequirement.
 */
export interface SelectorRequirement {
  readonly key: string;
  /** Any text: a newer client may use operators that are not known here. */
  readonly operator: string;
  readonly values?: readonly string[];
}

/** An authorizer's answer. Unknown means no: only 'allow' lets a request through. */
export interface Decision {
  readonly decision: 'allow' | 'deny' | 'noOpinion';
  /** Kubernetes' reason string; '' when there is none. */
  readonly reason: string;
}

/** The question that a resolved request puts to an authorizer on behalf of a user. */
export function attributesOf(requestInfo: RequestInfo, user: UserInfo): Attributes {
  return {
    user,
    verb: requestInfo.verb,
    isResourceRequest: requestInfo.isResourceRequest,
    path: requestInfo.path,
    apiGroup: requestInfo.apiGroup,
    apiVersion: requestInfo.apiVersion,
    resource: requestInfo.resource,
    subresource: requestInfo.subresource,
    namespace: requestInfo.namespace,
    name: requestInfo.name,
    fieldSelector: requestInfo.fieldSelector,
    labelSelector: requestInfo.labelSelector,
  };
}

type ResourceQuestion = Pick<Attributes, 'user' | 'verb' | 'apiGroup' | 'resource'> &
  Partial<Pick<Attributes, 'apiVersion' | 'subresource' | 'namespace' | 'name'>>;

/** A question that no request puts: about all objects of the resource, in all namespaces, unless it says which. */
export function resourceAttributes(asked: ResourceQuestion): Attributes {
  return {
    apiVersion: 'v1',
    subresource: '',
    namespace: '',
    name: '',
    ...asked,
    isResourceRequest: true,
    path: '',
  };
}

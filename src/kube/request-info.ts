/**
 * What a request asks for, resolved from method and target alone.
 * Source: Kubernetes apiserver/pkg/endpoints/request/requestinfo.go.
 */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  /** Percent-decoded path, not cleaned. */
  readonly path: string;
  readonly verb: string;
  readonly apiPrefix: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Path segments after the API version and namespace; the resource first. */
  readonly parts: readonly string[];
  /** Raw query values; only recorded for list, watch and deletecollection. */
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

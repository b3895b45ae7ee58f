/**
 * Which question a service's requests put to RBAC. The keys are kube-rbac-proxy's.
 * Source: kube-rbac-proxy pkg/authz Config, docs of its configuration file.
 */
export interface Authorization {
  /** Absent: the path and the method are what is asked about. */
  readonly resourceAttributes?: ResourceAttributes | undefined;
  readonly rewrites?: Rewrites | undefined;
}

/** Each may hold `{{ .Value }}`, which stands for the value that a rewrite finds in the request. */
export interface ResourceAttributes {
  readonly namespace: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
}

export interface Rewrites {
  readonly byQueryParameter?: { readonly name: string } | undefined;
  readonly byHttpHeader?: { readonly name: string } | undefined;
}

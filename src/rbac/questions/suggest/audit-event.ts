/** The members of an audit.k8s.io/v1 Event that tell who asked for what. Source: Kubernetes apiserver/pkg/apis/audit/v1. */
export interface AuditEvent {
  readonly stage: string;
  /** As sent, with the query. */
  readonly requestURI: string;
  /** Kubernetes verb; for a path the lower-cased HTTP method. */
  readonly verb: string;
  /** Who sent the request; absent when nobody was authenticated. */
  readonly user: AuditUser | undefined;
  /** As whom the request was made, if that is not the sender. */
  readonly impersonatedUser: AuditUser | undefined;
  /** `impersonate:<mode>` when constrained impersonation let it through. */
  readonly impersonationConstraint: string | undefined;
  /** For requests to resources. */
  readonly objectRef: AuditObjectRef | undefined;
  /** HTTP status of the answer. */
  readonly code: number | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface AuditUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface AuditObjectRef {
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What the authorizer said; undefined in an event from before it was asked. */
export function decisionOf({ annotations, code }: AuditEvent): 'allowed' | 'denied' | undefined {
  switch (annotations['authorization.k8s.io/decision']) {
    case 'allow':
      return 'allowed';
    case 'forbid':
      return 'denied';
    default:
      return code === undefined ? undefined : code === 403 || code === 401 ? 'denied' : 'allowed';
  }
}

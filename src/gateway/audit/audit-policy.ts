/** How much of a request is recorded. Source: Kubernetes apiserver/pkg/apis/audit/v1/types.go. */
export type AuditLevel = 'None' | 'Metadata' | 'Request' | 'RequestResponse';

export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

export const auditLevels: readonly AuditLevel[] = ['None', 'Metadata', 'Request', 'RequestResponse'];
export const auditStages: readonly AuditStage[] = [
  'RequestReceived',
  'ResponseStarted',
  'ResponseComplete',
  'Panic',
];

/** An audit.k8s.io/v1 Policy, made ready for matching: the first rule that matches decides. */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[];
}

/** What the policy says about a request. */
export interface AuditVerdict {
  readonly level: AuditLevel;
  /** The policy's and the rule's. */
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

/** undefined where the rule does not restrict. */
export interface AuditRule {
  readonly users: ReadonlySet<string> | undefined;
  readonly userGroups: ReadonlySet<string> | undefined;
  readonly verbs: ReadonlySet<string> | undefined;
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly resources: readonly AuditGroupResources[] | undefined;
  readonly nonResourceURLs: readonly string[] | undefined;
  readonly verdict: AuditVerdict;
  /** The same at level Metadata at most: for what must not be recorded by the way. */
  readonly withoutBodies: AuditVerdict;
}

export interface AuditGroupResources {
  readonly group: string;
  /** Empty: all of the group. */
  readonly resources: readonly string[];
  /** Empty: all. */
  readonly resourceNames: readonly string[];
}

/** A role as an audit log names it. */
export interface RoleName {
  readonly kind: 'Role' | 'ClusterRole';
  /** '' for a ClusterRole. */
  readonly namespace: string;
  readonly name: string;
}

/** What lint cannot see in the policy. A rule that needs something that is not given stays silent. */
export interface LintOptions {
  /** The issuers whose users reach the cluster, with the prefix that each puts before group names. */
  readonly issuers?: readonly { readonly prefix: string }[] | undefined;
  /** Every group that some issuer or connector can produce, with its prefix. */
  readonly knownGroups?: readonly string[] | undefined;
  /** Every service account, as `namespace/name`. */
  readonly knownServiceAccounts?: readonly string[] | undefined;
  /** User name of the account as which the gateway speaks to the cluster. */
  readonly gatewayAccount?: string | undefined;
  /** The roles through which an audit log shows something allowed (see rolesUsedIn). */
  readonly usedRoles?: readonly RoleName[] | undefined;
  /** How many roles a subject may have before it is reported; 10 if left out. */
  readonly maxRoles?: number | undefined;
}

/** The fields of audit.k8s.io/v1 Policy. Source: Kubernetes apiserver/pkg/apis/audit/v1/types.go. */
export type Shape = 'string' | 'bool' | 'anyObject' | { readonly list: Shape } | ObjectShape;

export interface ObjectShape {
  readonly fields: Readonly<Record<string, Shape>>;
}

const strings = { list: 'string' } as const;

export const auditPolicyShape: ObjectShape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'anyObject',
    rules: {
      list: {
        fields: {
          level: 'string',
          users: strings,
          userGroups: strings,
          verbs: strings,
          resources: { list: { fields: { group: 'string', resources: strings, resourceNames: strings } } },
          namespaces: strings,
          nonResourceURLs: strings,
          omitStages: strings,
          omitManagedFields: 'bool',
        },
      },
    },
    omitStages: strings,
    omitManagedFields: 'bool',
  },
};

/** The same fields as decoded: every one may be missing, each that is there has its type. */
export interface RawAuditPolicy {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly rules?: readonly RawAuditRule[];
  readonly omitStages?: readonly string[];
  readonly omitManagedFields?: boolean;
}

export interface RawAuditRule {
  readonly level?: string;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly RawGroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly string[];
  readonly omitManagedFields?: boolean;
}

export interface RawGroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

import type { RoleLintRule } from './lint-rule.ts';
import { riskRule } from './risk.ts';

/** Secrets, and configuration that decides who is who. */
export const DATA_RULES: readonly RoleLintRule[] = [
  riskRule({
    id: 'secrets-read',
    title: 'A role allows reading secrets',
    verbs: ['get', 'list', 'watch'],
    resources: ['secrets'],
    everywhere: 'critical',
    inNamespace: 'high',
    why: 'list and watch return the contents just as get does, tokens of service accounts among them.',
    remedy: 'Allow get alone, with the secrets named in resourceNames.',
  }),
  riskRule({
    id: 'secrets-write',
    title: 'A role allows changing secrets',
    verbs: ['create', 'update', 'patch'],
    resources: ['secrets'],
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'low',
    why: 'a secret of type service-account-token makes Kubernetes issue a token; others are swapped for known ones.',
    remedy: 'Name the secrets in resourceNames of update and patch; create cannot be confined by name.',
  }),
  {
    on: 'role',
    id: 'aws-auth-write',
    title: 'A role allows changing who is who in an EKS cluster',
    severity: 'critical',
    remedy: 'Keep the ConfigMap aws-auth to the administrators of the cluster, or use EKS access entries.',
    *check({ rules }) {
      for (const [index, { verbs, apiGroups, resources, resourceNames }] of rules.entries()) {
        if (
          resourceNames.includes('aws-auth') &&
          ['*', 'configmaps'].some((resource) => resources.includes(resource)) &&
          ['*', ''].some((group) => apiGroups.includes(group)) &&
          ['*', 'update', 'patch', 'delete'].some((verb) => verbs.includes(verb))
        ) {
          yield {
            field: `rules[${index}].resourceNames`,
            message: 'Allows changing the ConfigMap aws-auth: it maps cloud identities to system:masters.',
          };
        }
      }
    },
  },
];

import { allowsVerb, type CompiledRule } from '../../rule.ts';
import type { LintedRole } from './lint-context.ts';
import type { Report, RoleLintRule } from './lint-rule.ts';
import { grants, isEverything, parseTarget, riskRule } from './risk.ts';

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const IMPERSONATED = [
  ...['users', 'groups', 'serviceaccounts', 'userextras.authentication.k8s.io', 'uids.authentication.k8s.io'],
  // Where constrained impersonation (KEP-5284) looks.
  ...['users', 'groups', 'serviceaccounts', 'nodes'].map((resource) => `${resource}.authentication.k8s.io`),
].map(parseTarget);

/** Becoming somebody else, and giving oneself rights. */
export const IDENTITY_RULES: readonly RoleLintRule[] = [
  {
    on: 'role',
    id: 'impersonate',
    title: 'A role allows acting as somebody else',
    severity: 'critical',
    remedy: 'Confine it with resourceNames to the users, groups or service accounts that are needed.',
    check: (role) => impersonation(role),
  },
  {
    on: 'role',
    id: 'impersonate-privileged',
    title: "A role allows acting as one of Kubernetes' own identities",
    severity: 'critical',
    remedy: 'Take the system: names out of resourceNames.',
    *check({ rules }) {
      for (const [index, rule] of rules.entries()) {
        const names = rule.resourceNames.filter((name) => name.startsWith('system:'));
        const powerful = names.filter((name) => !BROAD_GROUPS.has(name));
        if (impersonates(rule) && powerful.length > 0) {
          yield {
            field: `rules[${index}].resourceNames`,
            message: `Allows acting as ${powerful.join(', ')}: rights of the control plane.`,
          };
        }
      }
    },
  },
  riskRule({
    id: 'bind-roles',
    title: 'A role allows binding roles whose rights its holder lacks',
    verbs: ['bind'],
    resources: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
    everywhere: 'critical',
    inNamespace: 'high',
    named: 'medium',
    why: 'whoever also creates bindings can give himself any role, cluster-admin too.',
    remedy: 'Name the roles that may be bound in resourceNames.',
  }),
  riskRule({
    id: 'escalate-roles',
    title: 'A role allows writing roles with more rights than its holder has',
    verbs: ['escalate'],
    resources: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
    everywhere: 'critical',
    inNamespace: 'high',
    named: 'medium',
    why: "it switches Kubernetes' check against escalation off.",
    remedy:
      'Leave the verb escalate out: without it, roles can be written that hold no more than their writer.',
  }),
  riskRule({
    id: 'rbac-write',
    title: 'A role allows changing roles or bindings',
    verbs: WRITE,
    resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(
      (resource) => `${resource}.rbac.authorization.k8s.io`,
    ),
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'low',
    why: 'it hands out its own rights to others, and takes away those of others.',
    remedy: 'Keep the writing of roles and bindings to the few who administer access.',
  }),
  riskRule({
    id: 'service-account-token',
    title: 'A role allows issuing tokens of service accounts',
    verbs: ['create'],
    resources: ['serviceaccounts/token'],
    everywhere: 'critical',
    inNamespace: 'high',
    named: 'low',
    why: 'with such a token its holder is the service account, with all rights of that.',
    remedy: 'Name the service accounts in resourceNames.',
  }),
  riskRule({
    id: 'csr-approve',
    title: 'A role allows approving certificate requests',
    verbs: ['approve', 'update', 'patch'],
    resources: ['certificatesigningrequests/approval.certificates.k8s.io', 'signers.certificates.k8s.io'],
    everywhere: 'critical',
    named: 'medium',
    why: 'an approved client certificate can carry any user and group name.',
    remedy: 'Name the signer in resourceNames of the verb approve, and keep approval to a controller.',
  }),
  riskRule({
    id: 'csr-sign',
    title: 'A role allows signing certificates',
    verbs: ['sign', 'update', 'patch'],
    resources: ['certificatesigningrequests/status.certificates.k8s.io', 'signers.certificates.k8s.io'],
    everywhere: 'high',
    named: 'medium',
    why: 'it decides which certificate is handed out for a request.',
    remedy: 'Name the signer in resourceNames of the verb sign, and keep signing to a controller.',
  }),
];

// Groups that every user or every pod is in: acting as a member of them gives nothing away.
const BROAD_GROUPS: ReadonlySet<string> = new Set([
  'system:authenticated',
  'system:unauthenticated',
  'system:anonymous',
  'system:serviceaccounts',
]);

function* impersonation(role: LintedRole): Generator<Report> {
  const { rules, reach } = role;
  for (const [index, rule] of rules.entries()) {
    if (impersonates(rule) && !isEverything(rule)) {
      const named = rule.resourceNames.length > 0;
      const whom = rule.resources.join(', ');
      yield {
        field: `rules[${index}].verbs`,
        severity: named ? 'medium' : reach === 'cluster' ? 'critical' : 'high',
        message: named
          ? `Allows acting as the named ${whom}, with all their rights.`
          : `Allows acting as any of ${whom}${reach === 'cluster' ? '' : ' in a namespace'}, with all their rights.`,
      };
    }
  }
}

/** The verb by name whatever the resource, or by * on what can be impersonated. */
function impersonates(rule: CompiledRule): boolean {
  return (
    rule.resources.length > 0 &&
    (rule.verbs.some((verb) => verb === 'impersonate' || verb.startsWith('impersonate:')) ||
      (allowsVerb(rule, 'impersonate') && IMPERSONATED.some((target) => grants(rule, target))))
  );
}

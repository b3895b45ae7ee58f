import { covers, permissionsOf } from '../../covers.ts';
import type { Subject } from '../../model.ts';
import type { CompiledRole } from '../../role-slot.ts';
import type { CompiledRule } from '../../rule.ts';
import { rulesOfDefaults } from './default-objects.ts';
import { type LintedBinding, subjectField } from './lint-context.ts';
import type { BindingLintRule, Report } from './lint-rule.ts';
import { isEverything } from './risk.ts';

// What everybody may have without harm: what Kubernetes gives them, and what kubeadm publishes for joining nodes.
const FOR_ANONYMOUS: readonly CompiledRule[] = [
  ...rulesOfDefaults(['system:public-info-viewer', 'system:service-account-issuer-discovery']),
  {
    verbs: ['get'],
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['cluster-info'],
    nonResourceURLs: [],
  },
];
const FOR_EVERYONE: readonly CompiledRule[] = [
  ...FOR_ANONYMOUS,
  ...rulesOfDefaults(['system:discovery', 'system:basic-user']),
];

/** Which role is handed to whom. */
export const GRANT_RULES: readonly BindingLintRule[] = [
  {
    on: 'binding',
    id: 'grants-everything',
    title: 'A binding hands out every right there is',
    severity: 'critical',
    remedy: 'Bind a role that lists what is needed, or edit or view within a namespace.',
    *check({ binding, subjects, role, object }) {
      if (subjects.length > 0 && role?.resourceRules.some(isEverything)) {
        const namespaced = object.kind === 'RoleBinding';
        yield {
          field: 'roleRef',
          severity: namespaced ? 'high' : 'critical',
          message: `${binding.slot.kind} "${binding.slot.name}" allows everything${namespaced ? ' in the namespace' : ''} to ${counted(subjects.length)}.`,
        };
      }
    },
  },
  {
    on: 'binding',
    id: 'anonymous-bound',
    title: 'A binding gives rights to requests without credentials',
    severity: 'critical',
    remedy:
      'Bind only system:public-info-viewer to system:unauthenticated; name users or groups for all else.',
    check: (binding) =>
      boundTo(
        binding,
        ({ kind, name }) =>
          (kind === 'User' && name === 'system:anonymous') ||
          (kind === 'Group' && name === 'system:unauthenticated'),
        FOR_ANONYMOUS,
        'Anybody who reaches the API server has this role, without logging in.',
      ),
  },
  {
    on: 'binding',
    id: 'everyone-bound',
    title: 'A binding gives rights to every user, or to every pod',
    severity: 'high',
    remedy: 'Name the groups or service accounts that need the role.',
    *check(binding) {
      const reports = boundTo(
        binding,
        ({ kind, name }) =>
          kind === 'Group' && (name === 'system:authenticated' || name === 'system:serviceaccounts'),
        FOR_EVERYONE,
        'All who can log in (or all pods, for system:serviceaccounts) have this role.',
      );
      for (const report of reports) {
        yield { ...report, severity: binding.object.kind === 'RoleBinding' ? 'medium' : 'high' };
      }
    },
  },
  {
    on: 'binding',
    id: 'gateway-account-rights',
    title: "The gateway's own account may do more than impersonate",
    severity: 'high',
    remedy:
      'Give the account impersonate and the creation of reviews, nothing else: callers borrow its rights.',
    *check({ binding, role }, { options: { gatewayAccount } }) {
      const field = gatewayAccount && subjectField(binding, 'user', gatewayAccount);
      const excess = field && excessOf(role);
      if (field && excess) {
        yield { field, message: `The gateway's account may also ${excess}.` };
      }
    },
  },
];

function counted(subjects: number): string {
  return subjects === 1 ? 'its subject' : `its ${subjects} subjects`;
}

function* boundTo(
  { subjects, role }: LintedBinding,
  isMeant: (subject: Subject) => boolean,
  harmless: readonly CompiledRule[],
  message: string,
): Generator<Report> {
  const meant = subjects.filter(({ subject }) => isMeant(subject));
  if (meant.length > 0 && !isWithin(role, harmless)) {
    for (const { index } of meant) {
      yield { field: `subjects[${index}]`, message };
    }
  }
}

// A role that does not exist is not within anything: whoever creates it decides.
function isWithin(role: CompiledRole | undefined, harmless: readonly CompiledRule[]): boolean {
  return (
    role !== undefined &&
    [...role.resourceRules, ...role.urlRules].every((rule) =>
      permissionsOf(rule).every((permission) => harmless.some((owner) => covers(owner, permission))),
    )
  );
}

/** What the role allows beyond the gateway's needs, in a few words. */
function excessOf(role: CompiledRole | undefined): string | undefined {
  for (const { verbs, resources, nonResourceURLs } of [
    ...(role?.resourceRules ?? []),
    ...(role?.urlRules ?? []),
  ]) {
    const rest = verbs.filter((verb) => !verb.startsWith('impersonate'));
    const creates = rest.every((verb) => verb === 'create') && resources.every((one) => REVIEWS.has(one));
    if (rest.length > 0 && !(creates && resources.length > 0)) {
      return `${rest.join(', ')} ${[...resources, ...nonResourceURLs].join(', ')}`;
    }
  }
  return undefined;
}

const REVIEWS: ReadonlySet<string> = new Set([
  'tokenreviews',
  'subjectaccessreviews',
  'localsubjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'selfsubjectreviews',
]);

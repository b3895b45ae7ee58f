import type { CompiledRule } from '../../rule.ts';
import type { LintedRole } from './lint-context.ts';
import type { Report, RoleLintRule } from './lint-rule.ts';
import { whyNever } from './never-matches.ts';
import { grants, parseTarget } from './risk.ts';

// Resources that are in no namespace, in the API groups of Kubernetes itself.
const CLUSTER_SCOPED = [
  ...['nodes', 'nodes/proxy', 'nodes/status', 'persistentvolumes', 'clusterroles.rbac.authorization.k8s.io'],
  ...['clusterrolebindings.rbac.authorization.k8s.io', 'certificatesigningrequests.certificates.k8s.io'],
  ...['mutatingwebhookconfigurations', 'validatingwebhookconfigurations', 'validatingadmissionpolicies'].map(
    (resource) => `${resource}.admissionregistration.k8s.io`,
  ),
  ...['customresourcedefinitions.apiextensions.k8s.io', 'apiservices.apiregistration.k8s.io'],
  ...['storageclasses.storage.k8s.io', 'csidrivers.storage.k8s.io', 'csinodes.storage.k8s.io'],
  ...['volumeattachments.storage.k8s.io', 'priorityclasses.scheduling.k8s.io', 'runtimeclasses.node.k8s.io'],
  ...['ingressclasses.networking.k8s.io', 'tokenreviews.authentication.k8s.io'],
  ...['subjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'].map(
    (resource) => `${resource}.authorization.k8s.io`,
  ),
].map(parseTarget);

/** Rules that do less than they seem to. */
export const DEAD_RULES: readonly RoleLintRule[] = [
  {
    on: 'role',
    id: 'never-matches',
    title: 'A rule names something that no request can match',
    severity: 'medium',
    remedy: 'Only * and */subresource are wildcards; all else is compared letter by letter, in lower case.',
    *check({ rules }) {
      for (const [index, rule] of rules.entries()) {
        for (const { member, message } of whyNever(rule)) {
          yield { field: `rules[${index}].${member}`, message };
        }
      }
    },
  },
  {
    on: 'role',
    id: 'names-never-match',
    title: 'A rule confines create or deletecollection by resourceNames',
    severity: 'medium',
    remedy: 'Put the verb into a rule without resourceNames, or leave it out.',
    check: (role) =>
      named(role, (rule) => {
        const verbs = ['create', 'deletecollection'].filter((verb) => rule.verbs.includes(verb));
        // POST to a subresource carries the object's name.
        const top = rule.resources.some((resource) => !resource.includes('/'));
        return verbs.length > 0 && (top || verbs.includes('deletecollection'))
          ? `Requests to ${verbs.join(' or ')} carry no name, so they never match a rule with resourceNames.`
          : undefined;
      }),
  },
  {
    on: 'role',
    id: 'names-with-list',
    title: 'A rule confines list or watch by resourceNames',
    severity: 'low',
    remedy: 'Use get for named objects, or ask with --field-selector=metadata.name=NAME.',
    check: (role) =>
      named(role, (rule) => {
        const verbs = ['list', 'watch'].filter((verb) => rule.verbs.includes(verb));
        return verbs.length > 0
          ? `A plain ${verbs.join(' or ')} never matches; only one with the field selector metadata.name=NAME does.`
          : undefined;
      }),
  },
  {
    on: 'role',
    id: 'cluster-scoped-in-role',
    title: 'A Role names a resource that is in no namespace',
    severity: 'low',
    remedy: 'Put the resource into a ClusterRole and bind that with a ClusterRoleBinding.',
    *check({ object, rules }) {
      for (const [index, rule] of object.kind === 'Role' ? rules.entries() : []) {
        const useless = CLUSTER_SCOPED.filter(
          (target) => grants(rule, target) && rule.resources.includes(target.text.split('.')[0] ?? ''),
        );
        if (useless.length > 0) {
          const names = useless.map(({ text }) => text).join(', ');
          yield {
            field: `rules[${index}].resources`,
            message: `A Role cannot grant ${names}: in no namespace.`,
          };
        }
      }
    },
  },
];

function* named({ rules }: LintedRole, judge: (rule: CompiledRule) => string | undefined): Generator<Report> {
  for (const [index, rule] of rules.entries()) {
    const confined = rule.resourceNames.length > 0 && !rule.resourceNames.includes('');
    const message = confined ? judge(rule) : undefined;
    if (message !== undefined) {
      yield { field: `rules[${index}].resourceNames`, message };
    }
  }
}

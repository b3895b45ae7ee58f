import type { CompiledRule } from '../../rule.ts';
import type { Severity } from './finding.ts';
import type { LintedRole } from './lint-context.ts';
import type { Report, RoleLintRule } from './lint-rule.ts';
import { isEverything } from './risk.ts';

/** Stars: rights that grow by themselves with every resource, verb or group that comes along. */
export const WILDCARD_RULES: readonly RoleLintRule[] = [
  {
    on: 'role',
    id: 'wildcard-everything',
    title: 'A role allows every verb on every resource of every API group',
    severity: 'critical',
    remedy: 'List the API groups, resources and verbs that are needed; see what a log shows with suggest.',
    check: (role) =>
      reports(role, 'resources', (rule) =>
        isEverything(rule)
          ? {
              severity: bySize(role, 'critical', 'high'),
              message:
                'Allows every verb on every resource: reads all secrets and can give itself any right.',
            }
          : undefined,
      ),
  },
  {
    on: 'role',
    id: 'wildcard-verbs',
    title: 'A rule allows every verb',
    severity: 'high',
    remedy: 'List the verbs that are needed, such as get, list and watch.',
    check: (role) =>
      reports(role, 'verbs', (rule) => {
        if (!rule.verbs.includes('*') || rule.resources.length === 0 || isEverything(rule)) {
          return undefined;
        }
        const named = rule.resourceNames.length > 0;
        return {
          severity: named ? 'low' : bySize(role, 'high', 'medium'),
          message: 'The verb * includes delete, impersonate, bind, escalate and every verb to come.',
        };
      }),
  },
  {
    on: 'role',
    id: 'wildcard-resources',
    title: 'A rule covers every resource of an API group',
    severity: 'high',
    remedy: 'List the resources that are needed; subresources such as pods/log are named on their own.',
    check: (role) =>
      reports(role, 'resources', (rule) =>
        rule.resources.includes('*') && !isEverything(rule)
          ? {
              severity: bySize(role, 'high', 'medium'),
              message:
                'The resource * includes every subresource (exec, proxy, token) and resources yet to be installed.',
            }
          : undefined,
      ),
  },
  {
    on: 'role',
    id: 'wildcard-groups',
    title: 'A rule covers every API group',
    severity: 'medium',
    remedy: 'Name the API group of each resource; the core group is "".',
    check: (role) =>
      reports(role, 'apiGroups', (rule) =>
        rule.apiGroups.includes('*') && !isEverything(rule)
          ? {
              severity: bySize(role, 'medium', 'low'),
              message: 'The API group * includes resources of the same name in groups yet to be installed.',
            }
          : undefined,
      ),
  },
  {
    on: 'role',
    id: 'wildcard-urls',
    title: 'A rule covers every URL',
    severity: 'medium',
    remedy: 'List the paths that are needed, such as /metrics or /healthz/*.',
    check: (role) =>
      reports(role, 'nonResourceURLs', ({ nonResourceURLs }) =>
        nonResourceURLs.some((url) => /^\/?\*+$/.test(url))
          ? { message: 'Covers every path outside the resources, debugging and profiling pages among them.' }
          : undefined,
      ),
  },
];

function* reports(
  { rules }: LintedRole,
  member: keyof CompiledRule,
  judge: (rule: CompiledRule) => Report | undefined,
): Generator<Report> {
  for (const [index, rule] of rules.entries()) {
    const report = judge(rule);
    if (report !== undefined) {
      yield { field: `rules[${index}].${member}`, ...report };
    }
  }
}

function bySize({ reach }: LintedRole, everywhere: Severity, inNamespace: Severity): Severity {
  return reach === 'cluster' ? everywhere : inNamespace;
}

import { REFERENCE_RULES } from '../../../../src/rbac/questions/lint/reference-rules.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from '../../objects.ts';
import { describeRules } from './support/describe-rules.ts';
import { bound, cluster, confined } from './support/policies.ts';

const usedRoles = [{ kind: 'Role', namespace: 'dev', name: 'r' }] as const;

describeRules(REFERENCE_RULES, {
  'dangling-role': {
    reports: [
      [[clusterRoleBinding('b', 'ghost', 'User a')], 'medium roleRef'],
      [[roleBinding('dev', 'b', 'Role r', 'User a'), role('prod', 'r', [])], 'medium roleRef'],
    ],
    quiet: [[bound('User a')], [[roleBinding('dev', 'b', 'ClusterRole edit', 'User a')]]],
  },
  'unused-role': {
    reports: [[cluster('get pods'), 'info']],
    quiet: [
      [confined('get pods')],
      [
        [
          clusterRole('r', ['get pods'], { gather: 'yes' }),
          aggregated('all', [{ gather: 'yes' }]),
          clusterRoleBinding('b', 'all', 'User a'),
        ],
      ],
    ],
  },
  'role-not-in-log': {
    reports: [[[role('prod', 'r', []), roleBinding('prod', 'b', 'Role r', 'User a')], 'low', { usedRoles }]],
    quiet: [
      [[role('dev', 'r', []), roleBinding('dev', 'b', 'Role r', 'User a')], { usedRoles }],
      [[role('prod', 'r', [])], { usedRoles }],
      [[role('prod', 'r', []), roleBinding('prod', 'b', 'Role r', 'User a')]],
    ],
  },
});

import { GRANT_RULES } from '../../../../src/rbac/questions/lint/grant-rules.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../../objects.ts';
import { describeRules } from './support/describe-rules.ts';
import { bound, boundHere } from './support/policies.ts';

describeRules(GRANT_RULES, {
  'grants-everything': {
    reports: [
      [[clusterRoleBinding('b', 'r', 'User a'), clusterRole('r', ['* @*:*'])], 'critical roleRef'],
      [[roleBinding('dev', 'b', 'ClusterRole r', 'User a'), clusterRole('r', ['* @*:*'])], 'high roleRef'],
      // cluster-admin is there in every cluster, though not in these manifests.
      [[clusterRoleBinding('b', 'cluster-admin', 'User a')], 'critical roleRef'],
    ],
    quiet: [
      [bound('User a')],
      [[clusterRoleBinding('b', 'cluster-admin')]],
      [[clusterRoleBinding('b', 'view', 'User a')]],
    ],
  },
  'anonymous-bound': {
    reports: [
      [bound('User a', 'Group system:unauthenticated'), 'critical subjects[1]'],
      [bound('User system:anonymous'), 'critical subjects[0]'],
      [[clusterRoleBinding('b', 'system:discovery', 'User system:anonymous')], 'critical subjects[0]'],
      [[clusterRoleBinding('b', 'ghost', 'User system:anonymous')], 'critical subjects[0]'],
    ],
    quiet: [
      [[clusterRoleBinding('b', 'system:public-info-viewer', 'Group system:unauthenticated')]],
      [[clusterRoleBinding('b', 'r', 'User system:anonymous'), clusterRole('r', ['get /version'])]],
      [
        [
          roleBinding('kube-public', 'b', 'Role info', 'User system:anonymous'),
          role('kube-public', 'info', ['get configmaps#cluster-info']),
        ],
      ],
      [bound('Group system:anonymous')],
    ],
  },
  'everyone-bound': {
    reports: [
      [bound('Group system:authenticated'), 'high subjects[0]'],
      [boundHere('User a', 'Group system:serviceaccounts'), 'medium subjects[1]'],
    ],
    quiet: [
      [[clusterRoleBinding('b', 'system:basic-user', 'Group system:authenticated')]],
      [boundHere('Group system:serviceaccounts:dev')],
    ],
  },
  'gateway-account-rights': {
    reports: [
      [
        bound('ServiceAccount ops:gate'),
        'high subjects[0]',
        { gatewayAccount: 'system:serviceaccount:ops:gate' },
      ],
      [
        [clusterRoleBinding('b', 'r', 'User gate'), clusterRole('r', ['get /healthz'])],
        'high subjects[0]',
        { gatewayAccount: 'gate' },
      ],
    ],
    quiet: [
      [bound('User other'), { gatewayAccount: 'gate' }],
      [bound('User gate')],
      [
        [
          clusterRoleBinding('b', 'r', 'User gate'),
          clusterRole('r', [
            'impersonate,impersonate:user-info users,groups',
            'create @authentication.k8s.io:tokenreviews',
          ]),
        ],
        { gatewayAccount: 'gate' },
      ],
    ],
  },
});

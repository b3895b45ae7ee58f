import { WILDCARD_RULES } from '../../../../src/rbac/questions/lint/wildcard-rules.ts';
import { clusterRole } from '../../objects.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, confined, local } from './support/policies.ts';

describeRules(WILDCARD_RULES, {
  'wildcard-everything': {
    reports: [
      [cluster('* @*:*'), 'critical rules[0].resources'],
      [local('get pods', '* @*:*'), 'high rules[1].resources'],
      [confined('* @*:*'), 'high rules[0].resources'],
    ],
    quiet: [[cluster('* @apps:*')], [cluster('* @*:*#x')]],
  },
  'wildcard-verbs': {
    reports: [
      [cluster('get pods', '* configmaps'), 'high rules[1].verbs'],
      [local('* configmaps'), 'medium rules[0].verbs'],
      [local('* configmaps#x'), 'low rules[0].verbs'],
    ],
    quiet: [[cluster('* @*:*')], [cluster('get configmaps')], [cluster('* /healthz')]],
  },
  'wildcard-resources': {
    reports: [
      [cluster('get @apps:*'), 'high rules[0].resources'],
      [local('get @apps:*'), 'medium rules[0].resources'],
    ],
    quiet: [[cluster('* @*:*')], [cluster('get @apps:*/scale')]],
  },
  'wildcard-groups': {
    reports: [
      [cluster('get @*:widgets'), 'medium rules[0].apiGroups'],
      [local('get @*:widgets'), 'low rules[0].apiGroups'],
    ],
    quiet: [[cluster('* @*:*')], [cluster('get @apps:widgets')]],
  },
  'wildcard-urls': {
    reports: [
      [cluster('get /*'), 'medium rules[0].nonResourceURLs'],
      [
        [{ ...clusterRole('r', []), rules: [{ verbs: ['get'], nonResourceURLs: ['*'] }] }],
        'medium rules[0].nonResourceURLs',
      ],
    ],
    quiet: [[cluster('get /healthz/*')]],
  },
});

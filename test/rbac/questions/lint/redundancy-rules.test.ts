import { REDUNDANCY_RULES } from '../../../../src/rbac/questions/lint/redundancy-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, local } from './support/policies.ts';

describeRules(REDUNDANCY_RULES, {
  'duplicate-rule': {
    reports: [[local('get,list pods', 'get services', 'list,get pods'), 'low rules[2]']],
    quiet: [[local('get,list pods', 'get,list services')]],
  },
  'shadowed-rule': {
    reports: [
      [local('get pods/log', 'get,list */log'), 'low rules[0]'],
      [local('get configmaps', 'get configmaps#a'), 'low rules[1]'],
      [cluster('get /a/*', 'get /a/b'), 'low rules[1]'],
    ],
    quiet: [
      [local('get pods', 'list pods')],
      [local('get pods', 'get pods')],
      [local('get configmaps#a', 'get configmaps#b')],
      [local('* pods', 'get @apps:pods')],
    ],
  },
});

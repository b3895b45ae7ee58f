import { DATA_RULES } from '../../../../src/rbac/questions/lint/data-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, local } from './support/policies.ts';

describeRules(DATA_RULES, {
  'secrets-read': {
    reports: [
      [cluster('list secrets'), 'critical rules[0].resources'],
      [cluster('get *'), 'critical rules[0].resources'],
      [local('watch secrets'), 'high rules[0].resources'],
    ],
    quiet: [[local('get secrets#tls')], [cluster('get @external:secrets')], [cluster('delete secrets')]],
  },
  'secrets-write': {
    reports: [
      [cluster('create secrets'), 'high rules[0].resources'],
      [local('update secrets'), 'medium rules[0].resources'],
      [local('update secrets#tls'), 'low rules[0].resources'],
    ],
    quiet: [[local('get secrets')], [local('create secrets#tls')]],
  },
  'aws-auth-write': {
    reports: [[local('update configmaps#aws-auth'), 'critical rules[0].resourceNames']],
    quiet: [[local('get configmaps#aws-auth')], [local('update configmaps#other')]],
  },
});

import { STREAM_RULES } from '../../../../src/rbac/questions/lint/stream-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { local } from './support/policies.ts';

describeRules(STREAM_RULES, {
  'exec-get-without-create': {
    reports: [[local('get pods/exec'), 'low rules[0].verbs']],
    quiet: [[local('get pods/exec', 'create pods/exec')], [local('get pods/log')]],
  },
  'exec-create-without-get': {
    reports: [[local('create pods/exec,pods/attach'), 'low rules[0].verbs']],
    quiet: [[local('create pods/exec', 'get *')], [local('create pods')]],
  },
});

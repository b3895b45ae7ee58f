import { DEAD_RULES } from '../../../../src/rbac/questions/lint/dead-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, local } from './support/policies.ts';

describeRules(DEAD_RULES, {
  'never-matches': {
    reports: [
      [cluster('get pods/*'), 'medium rules[0].resources'],
      [cluster('get pod*'), 'medium rules[0].resources'],
      [cluster('get */'), 'medium rules[0].resources'],
      [cluster('get */*'), 'medium rules[0].resources'],
      [cluster('get Pods'), 'medium rules[0].resources'],
      [cluster('GET pods'), 'medium rules[0].verbs'],
      [cluster('get* pods'), 'medium rules[0].verbs'],
      [cluster('get @core:pods'), 'medium rules[0].apiGroups'],
      [cluster('get @apps/v1:deployments'), 'medium rules[0].apiGroups'],
      [cluster('get @*.example.com:widgets'), 'medium rules[0].apiGroups'],
      [cluster('get configmaps#app-*'), 'medium rules[0].resourceNames'],
      [cluster('get /api,healthz'), 'medium rules[0].nonResourceURLs'],
      [cluster('get /a/*/b'), 'medium rules[0].nonResourceURLs'],
    ],
    quiet: [
      [
        cluster(
          '* @*:*',
          'get */scale',
          'get pods/log',
          'use @policy.example.com:x#My-Name',
          'get /healthz/*',
        ),
      ],
    ],
  },
  'names-never-match': {
    reports: [
      [local('create,get configmaps#a'), 'medium rules[0].resourceNames'],
      [local('deletecollection configmaps#a'), 'medium rules[0].resourceNames'],
    ],
    quiet: [[local('get,update configmaps#a')], [local('create pods/exec#a')], [local('create configmaps')]],
  },
  'names-with-list': {
    reports: [[local('get,list,watch configmaps#a'), 'low rules[0].resourceNames']],
    quiet: [[local('get configmaps#a')], [local('list configmaps')]],
  },
  'cluster-scoped-in-role': {
    reports: [[local('get nodes,pods'), 'low rules[0].resources']],
    quiet: [[cluster('get nodes')], [local('get pods,namespaces')], [local('* *')]],
  },
});

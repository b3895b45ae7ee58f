import { WORKLOAD_RULES } from '../../../../src/rbac/questions/lint/workload-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, local } from './support/policies.ts';

describeRules(WORKLOAD_RULES, {
  'pods-write': {
    reports: [
      [cluster('create pods'), 'high rules[0].resources'],
      [local('patch pods'), 'medium rules[0].resources'],
    ],
    quiet: [[cluster('get,delete pods')], [cluster('create pods/eviction')]],
  },
  'workloads-write': {
    reports: [
      [cluster('update @apps:deployments'), 'high rules[0].resources'],
      [local('create @batch:cronjobs'), 'medium rules[0].resources'],
    ],
    quiet: [
      [cluster('create deployments')],
      [cluster('get @apps:deployments')],
      [cluster('update @apps:deployments/scale')],
    ],
  },
  'pods-exec': {
    reports: [
      [cluster('create pods/exec'), 'high rules[0].resources'],
      [cluster('get pods/attach'), 'high rules[0].resources'],
      [local('create */exec'), 'medium rules[0].resources'],
      [local('create pods/exec#debug'), 'low rules[0].resources'],
    ],
    quiet: [[cluster('get,create pods/log')], [cluster('list pods/exec')]],
  },
  'pods-port-forward': {
    reports: [[cluster('create pods/portforward'), 'medium rules[0].resources']],
    quiet: [[cluster('create pods/eviction')]],
  },
  'pods-proxy': {
    reports: [[cluster('get services/proxy'), 'medium rules[0].resources']],
    quiet: [[cluster('get services')]],
  },
  'pods-ephemeral-containers': {
    reports: [
      [cluster('patch pods/ephemeralcontainers'), 'high rules[0].resources'],
      [local('update pods/ephemeralcontainers'), 'medium rules[0].resources'],
    ],
    quiet: [[cluster('get pods/ephemeralcontainers')]],
  },
  'pods-status': {
    reports: [[cluster('patch pods/status,services/status'), 'medium rules[0].resources']],
    quiet: [[cluster('get pods/status')]],
  },
  'nodes-proxy': {
    reports: [
      [cluster('get nodes/proxy'), 'critical rules[0].resources'],
      [cluster('get *'), 'critical rules[0].resources'],
      [cluster('create nodes/proxy#n1'), 'high rules[0].resources'],
    ],
    quiet: [
      [cluster('get nodes/metrics,nodes/stats,nodes')],
      [local('get nodes/proxy')],
      [local('get nodes/proxy#n1')],
    ],
  },
  'nodes-write': {
    reports: [
      [cluster('patch nodes/status'), 'high rules[0].resources'],
      [cluster('update nodes#n1'), 'medium rules[0].resources'],
    ],
    quiet: [[cluster('get nodes')]],
  },
});

import { CLUSTER_RULES } from '../../../../src/rbac/questions/lint/cluster-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, local } from './support/policies.ts';

describeRules(CLUSTER_RULES, {
  'admission-write': {
    reports: [
      [
        cluster('create @admissionregistration.k8s.io:mutatingwebhookconfigurations'),
        'critical rules[0].resources',
      ],
      [
        cluster('delete @admissionregistration.k8s.io:validatingadmissionpolicies#x'),
        'high rules[0].resources',
      ],
    ],
    quiet: [[cluster('get @admissionregistration.k8s.io:mutatingwebhookconfigurations')]],
  },
  'api-services-write': {
    reports: [[cluster('create @apiregistration.k8s.io:apiservices'), 'high rules[0].resources']],
    quiet: [[cluster('list @apiregistration.k8s.io:apiservices')]],
  },
  'crds-write': {
    reports: [[cluster('delete @apiextensions.k8s.io:customresourcedefinitions'), 'high rules[0].resources']],
    quiet: [[cluster('get @apiextensions.k8s.io:customresourcedefinitions')]],
  },
  'gateways-write': {
    reports: [[cluster('update @gateway.networking.k8s.io:gateways'), 'medium rules[0].resources']],
    quiet: [[cluster('update @gateway.networking.k8s.io:httproutes')]],
  },
  'network-policies-write': {
    reports: [[cluster('delete @networking.k8s.io:networkpolicies'), 'medium rules[0].resources']],
    quiet: [[cluster('delete @networking.k8s.io:ingresses')]],
  },
  'persistent-volumes-write': {
    reports: [[cluster('create persistentvolumes'), 'high rules[0].resources']],
    quiet: [[cluster('create persistentvolumeclaims')]],
  },
  'storage-classes-write': {
    reports: [[cluster('create @storage.k8s.io:storageclasses'), 'medium rules[0].resources']],
    quiet: [[cluster('get @storage.k8s.io:storageclasses')]],
  },
  'namespaces-write': {
    reports: [
      [cluster('patch namespaces'), 'high rules[0].resources'],
      [local('update namespaces'), 'medium rules[0].resources'],
    ],
    quiet: [[cluster('get,create,delete namespaces')], [cluster('update namespaces/status')]],
  },
  'delete-everything': {
    reports: [
      [cluster('delete @apps:*'), 'high rules[0].verbs'],
      [local('deletecollection *'), 'medium rules[0].verbs'],
    ],
    quiet: [[cluster('delete @apps:deployments')], [cluster('get @apps:*')]],
  },
});

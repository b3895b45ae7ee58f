import { IDENTITY_RULES } from '../../../../src/rbac/questions/lint/identity-rules.ts';
import { describeRules } from './support/describe-rules.ts';
import { cluster, local } from './support/policies.ts';

describeRules(IDENTITY_RULES, {
  impersonate: {
    reports: [
      [cluster('impersonate users'), 'critical rules[0].verbs'],
      [cluster('impersonate @authentication.k8s.io:userextras/scopes'), 'critical rules[0].verbs'],
      [cluster('impersonate:user-info @authentication.k8s.io:users'), 'critical rules[0].verbs'],
      [cluster('* serviceaccounts'), 'critical rules[0].verbs'],
      [local('impersonate serviceaccounts'), 'high rules[0].verbs'],
      [cluster('impersonate users#jane'), 'medium rules[0].verbs'],
    ],
    quiet: [
      [cluster('get users')],
      [cluster('* configmaps')],
      [cluster('impersonate-on:user-info:get pods')],
      [cluster('impersonate /healthz')],
    ],
  },
  'impersonate-privileged': {
    reports: [
      [cluster('impersonate groups#devs,system:masters'), 'critical rules[0].resourceNames'],
      [cluster('impersonate users#system:kube-controller-manager'), 'critical rules[0].resourceNames'],
    ],
    quiet: [
      [cluster('impersonate groups#devs,system:authenticated')],
      [cluster('get groups#system:masters')],
    ],
  },
  'bind-roles': {
    reports: [
      [cluster('bind @rbac.authorization.k8s.io:clusterroles'), 'critical rules[0].resources'],
      [local('bind @rbac.authorization.k8s.io:roles'), 'high rules[0].resources'],
      [cluster('bind @rbac.authorization.k8s.io:clusterroles#view'), 'medium rules[0].resources'],
    ],
    quiet: [[cluster('bind clusterroles')], [cluster('get @rbac.authorization.k8s.io:clusterroles')]],
  },
  'escalate-roles': {
    reports: [
      [cluster('escalate @rbac.authorization.k8s.io:roles'), 'critical rules[0].resources'],
      [cluster('* @rbac.authorization.k8s.io:*'), 'critical rules[0].resources'],
    ],
    quiet: [[cluster('escalate @rbac.authorization.k8s.io:rolebindings')]],
  },
  'rbac-write': {
    reports: [
      [cluster('create @rbac.authorization.k8s.io:rolebindings'), 'high rules[0].resources'],
      [local('patch @rbac.authorization.k8s.io:roles'), 'medium rules[0].resources'],
      [local('patch @rbac.authorization.k8s.io:roles#x'), 'low rules[0].resources'],
    ],
    quiet: [
      [cluster('get,list,watch @rbac.authorization.k8s.io:roles')],
      [local('create @rbac.authorization.k8s.io:roles#x')],
    ],
  },
  'service-account-token': {
    reports: [
      [cluster('create serviceaccounts/token'), 'critical rules[0].resources'],
      [local('create */token'), 'high rules[0].resources'],
      [local('create serviceaccounts/token#ci'), 'low rules[0].resources'],
    ],
    quiet: [[cluster('create serviceaccounts')], [cluster('get serviceaccounts/token')]],
  },
  'csr-approve': {
    reports: [
      [
        cluster('update @certificates.k8s.io:certificatesigningrequests/approval'),
        'critical rules[0].resources',
      ],
      [cluster('approve @certificates.k8s.io:signers'), 'critical rules[0].resources'],
      [cluster('approve @certificates.k8s.io:signers#example.com/x'), 'medium rules[0].resources'],
    ],
    quiet: [
      [cluster('update @certificates.k8s.io:certificatesigningrequests')],
      [local('approve @certificates.k8s.io:signers')],
    ],
  },
  'csr-sign': {
    reports: [[cluster('sign @certificates.k8s.io:signers'), 'high rules[0].resources']],
    quiet: [[cluster('approve @certificates.k8s.io:signers')]],
  },
});

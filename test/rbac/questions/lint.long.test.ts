import { describe, expect, it } from 'vitest';
import { defaultPolicyObjects, type PolicyObject } from '../../../src/rbac/index.ts';
import { RULE_DESCRIPTIONS } from '../../../src/rbac/questions/lint/all-rules.ts';
import type { Severity } from '../../../src/rbac/questions/lint/finding.ts';
import type { LintOptions } from '../../../src/rbac/questions/lint/lint-options.ts';
import { lint } from '../../../src/rbac/questions/lint.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';
import { lintPolicy } from './lint-policy.ts';

function found(objects: readonly PolicyObject[], options: LintOptions = {}) {
  return lint(lintPolicy(objects), options);
}

/** `rule severity field` of all that is found on the first object. */
function onFirst(objects: readonly PolicyObject[], options: LintOptions = {}): string[] {
  const name = objects[0]?.metadata.name;
  return found(objects, options)
    .filter(({ object }) => object.kind === objects[0]?.kind && object.name === name)
    .map(({ rule, severity, field = '' }) => `${rule} ${severity} ${field}`.trim());
}

const cluster = (...rules: string[]) => [clusterRole('r', rules)];
const local = (...rules: string[]) => [role('dev', 'r', rules)];
/** A ClusterRole that is bound in a namespace only. */
const confined = (...rules: string[]) => [
  clusterRole('r', rules),
  roleBinding('dev', 'b', 'ClusterRole r', 'User a'),
];
const bound = (...subjects: string[]) => [
  clusterRoleBinding('b', 'r', ...subjects),
  clusterRole('r', ['get pods']),
];
const boundHere = (...subjects: string[]) => [
  roleBinding('dev', 'b', 'Role r', ...subjects),
  role('dev', 'r', ['get pods']),
];
const annotated = <T extends PolicyObject>(object: T, ignore: string): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'sallyport.dev/lint-ignore': ignore } },
});
const labelled = <T extends PolicyObject>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
});
const everyRole = (count: number) =>
  Array.from({ length: count }, (_, index) => [
    clusterRoleBinding(`b${index}`, `r${index}`, 'User jane'),
    clusterRole(`r${index}`, ['get pods']),
  ]).flat();
const twoIssuers = { issuers: [{ prefix: 'corp:' }, { prefix: 'partner:' }] };
const usedRoles = [{ kind: 'Role', namespace: 'dev', name: 'r' }] as const;

type Case = readonly [objects: readonly PolicyObject[], expected: string, options?: LintOptions];
type Quiet = readonly [objects: readonly PolicyObject[], options?: LintOptions];

/** Per rule: what it says, and what it does not report though it comes near. */
const CASES: Readonly<Record<string, { reports: readonly Case[]; quiet: readonly Quiet[] }>> = {
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
  'masters-bound': {
    reports: [[bound('Group system:masters'), 'high subjects[0]']],
    quiet: [[bound('User system:masters')], [bound('Group masters')]],
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
  'dangling-role': {
    reports: [
      [[clusterRoleBinding('b', 'ghost', 'User a')], 'medium roleRef'],
      [[roleBinding('dev', 'b', 'Role r', 'User a'), role('prod', 'r', [])], 'medium roleRef'],
    ],
    quiet: [[bound('User a')], [[roleBinding('dev', 'b', 'ClusterRole edit', 'User a')]]],
  },
  'dangling-service-account': {
    reports: [
      [boundHere('ServiceAccount ci'), 'medium subjects[0]', { knownServiceAccounts: ['prod/ci'] }],
      [bound('ServiceAccount dev:ci'), 'medium subjects[0]', { knownServiceAccounts: [] }],
    ],
    quiet: [
      [boundHere('ServiceAccount ci'), { knownServiceAccounts: ['dev/ci'] }],
      [boundHere('ServiceAccount ci')],
      [boundHere('User ci'), { knownServiceAccounts: [] }],
    ],
  },
  'default-service-account': {
    reports: [[boundHere('ServiceAccount default'), 'medium subjects[0]']],
    quiet: [[boundHere('ServiceAccount ci', 'User default')]],
  },
  'unprefixed-group': {
    reports: [[bound('Group devs'), 'high subjects[0]', twoIssuers]],
    quiet: [
      [bound('Group corp:devs', 'Group system:nodes', 'User devs'), twoIssuers],
      [bound('Group devs'), { issuers: [{ prefix: '' }] }],
      [bound('Group devs')],
    ],
  },
  'unknown-group': {
    reports: [[bound('Group Devs'), 'low subjects[0]', { knownGroups: ['devs'] }]],
    quiet: [[bound('Group devs', 'Group system:nodes'), { knownGroups: ['devs'] }], [bound('Group any')]],
  },
  'subject-never-matches': {
    reports: [
      [bound('Group *'), 'medium subjects[0]'],
      [bound('ServiceAccount ci'), 'medium subjects[0]'],
      [bound('Robot x'), 'medium subjects[0]'],
    ],
    quiet: [[boundHere('ServiceAccount ci', 'User a')]],
  },
  'duplicate-subject': {
    reports: [
      [bound('User a', 'User b', 'User a'), 'low subjects[2]'],
      [boundHere('ServiceAccount ci', 'ServiceAccount dev:ci'), 'low subjects[1]'],
    ],
    quiet: [[bound('User a', 'Group a')], [boundHere('ServiceAccount ci', 'ServiceAccount prod:ci')]],
  },
  'binding-without-subjects': {
    reports: [[bound(), 'info subjects']],
    quiet: [[bound('User a')]],
  },
  'many-roles': {
    reports: [
      [everyRole(11), 'low subjects[0]'],
      [everyRole(3), 'low subjects[0]', { maxRoles: 2 }],
    ],
    quiet: [
      [everyRole(10)],
      // One role in many namespaces is one role.
      [[...['a', 'b', 'c'].map((ns) => roleBinding(ns, 'b', 'ClusterRole view', 'User a'))], { maxRoles: 2 }],
    ],
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
  'exec-get-without-create': {
    reports: [[local('get pods/exec'), 'low rules[0].verbs']],
    quiet: [[local('get pods/exec', 'create pods/exec')], [local('get pods/log')]],
  },
  'exec-create-without-get': {
    reports: [[local('create pods/exec,pods/attach'), 'low rules[0].verbs']],
    quiet: [[local('create pods/exec', 'get *')], [local('create pods')]],
  },
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
  'unknown-lint-rule': {
    reports: [
      [
        [annotated(clusterRole('r', []), 'unused-rule')],
        'low metadata.annotations[sallyport.dev/lint-ignore]',
      ],
      [
        [annotated(clusterRole('r', []), 'no-such, unknown-lint-rule')],
        'low metadata.annotations[sallyport.dev/lint-ignore]',
      ],
    ],
    quiet: [[[annotated(clusterRole('r', []), 'unused-role # for later')]]],
  },
};

describe('every rule of lint', () => {
  it('is in the table, and the table names no other', () => {
    expect(Object.keys(CASES).sort()).toEqual(RULE_DESCRIPTIONS.map(({ id }) => id));
    expect(RULE_DESCRIPTIONS.every(({ id }) => /^[a-z]+(-[a-z]+)*$/.test(id))).toBe(true);
  });

  for (const [id, { reports, quiet }] of Object.entries(CASES)) {
    it.each(reports.map((line, index) => ({ index, line })))(`${id} reports $index`, ({ line }) => {
      const [objects, expected, options] = line;
      expect(onFirst(objects, options)).toContain(`${id} ${expected}`);
    });
    it.each(quiet.map((line, index) => ({ index, line })))(`${id} is quiet $index`, ({ line }) => {
      const [objects, options] = line;
      expect(found(objects, options).map(({ rule }) => rule)).not.toContain(id);
    });
  }

  it('has a title, and reports nothing above its own severity', () => {
    const order: Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
    for (const { id, severity, title } of RULE_DESCRIPTIONS) {
      expect(title.length).toBeGreaterThan(10);
      const seen = (CASES[id]?.reports ?? []).map(([, expected]) => expected.split(' ')[0] as Severity);
      expect(order.indexOf(severity)).toBe(Math.min(...seen.map((one) => order.indexOf(one))));
    }
  });
});

describe('messages', () => {
  const only = (objects: readonly PolicyObject[], rule: string, options?: LintOptions) =>
    found(objects, options).find((finding) => finding.rule === rule)?.message;

  it.each([
    ['dangling-role', [clusterRoleBinding('b', 'veiw', 'User a')], 'Did you mean "view"?'],
    [
      'dangling-role',
      [roleBinding('dev', 'b', 'Role edit', 'User a')],
      'There is a ClusterRole of this name.',
    ],
    ['nodes-proxy', cluster('get nodes/proxy'), 'looks read-only'],
    ['nodes-proxy', cluster('get,create nodes/proxy'), 'past admission and audit'],
    ['pods-exec', cluster('get pods/exec'), 'before Kubernetes 1.35'],
    ['secrets-read', cluster('get,list,create secrets,pods'), 'Allows get, list on secrets cluster-wide:'],
    ['never-matches', cluster('get pods,pods/*'), '"pods/*" (resources[1]) covers no subresource'],
    ['unknown-lint-rule', [annotated(clusterRole('r', []), 'secret-read')], 'Did you mean "secrets-read"?'],
  ])('of %s help on', (rule, objects, text) => {
    expect(only(objects, rule)).toContain(text);
  });

  it('of unknown groups name the one that was meant', () => {
    expect(only(bound('Group corp:develpers'), 'unknown-group', { knownGroups: ['corp:developers'] })).toBe(
      'No user can be in group "corp:develpers". Did you mean "corp:developers"?',
    );
  });
});

describe("Kubernetes' own objects", () => {
  it('are not reported', () => {
    expect(found(defaultPolicyObjects())).toEqual([]);
  });

  it('are reported for what somebody added to them', () => {
    const objects = defaultPolicyObjects().map((object) =>
      object.kind === 'ClusterRoleBinding' && object.metadata.name === 'cluster-admin'
        ? { ...object, subjects: [...(object.subjects ?? []), { kind: 'User', name: 'mallory' }] }
        : object,
    );
    expect(found(objects).map(({ rule, object, field }) => [rule, object.name, field])).toEqual([
      ['grants-everything', 'cluster-admin', 'roleRef'],
    ]);
  });

  it('are not whatever carries their label', () => {
    expect(onFirst([labelled(clusterRole('mine', ['* @*:*']))])).toContain(
      'wildcard-everything critical rules[0].resources',
    );
    expect(onFirst([labelled(role('dev', 'system:x', ['* @*:*']))])).not.toEqual([]);
  });

  it('are not what only has their name', () => {
    expect(onFirst([clusterRole('cluster-admin', ['* @*:*'])])).not.toEqual([]);
  });
});

describe('aggregated roles', () => {
  it('are not blamed for what other roles say', () => {
    const objects = [
      aggregated('all', [{ gather: 'yes' }]),
      clusterRole('r', ['get secrets'], { gather: 'yes' }),
    ];
    expect(
      found([...objects, clusterRoleBinding('b', 'all', 'User a')]).map(({ object }) => object.name),
    ).toEqual(['r']);
  });
});

describe('suppression', () => {
  const noisy = clusterRole('r', ['get secrets', 'get nodes/proxy']);
  const rules = (ignore: string) => onFirst([annotated(noisy, ignore)]).map((line) => line.split(' ')[0]);

  it.each([
    ['secrets-read', ['nodes-proxy', 'unused-role']],
    ['secrets-read,nodes-proxy unused-role', []],
    ['secrets-read # the backup needs it, nodes-proxy does not', ['nodes-proxy', 'unused-role']],
    ['secrets-read # backup\nunused-role # soon', ['nodes-proxy']],
    ['# secrets-read', ['nodes-proxy', 'secrets-read', 'unused-role']],
    ['', ['nodes-proxy', 'secrets-read', 'unused-role']],
    ['Secrets-Read', ['nodes-proxy', 'secrets-read', 'unknown-lint-rule', 'unused-role']],
  ])('%j leaves %j', (ignore, left) => {
    expect(rules(ignore).sort()).toEqual(left);
  });

  it('works on bindings, and for that object alone', () => {
    const first = annotated(clusterRoleBinding('a', 'cluster-admin', 'User a'), 'grants-everything');
    const second = clusterRoleBinding('b', 'cluster-admin', 'User a');
    expect(found([first, second]).map(({ object }) => object.name)).toEqual(['b']);
  });
});

describe('the order of findings', () => {
  it('is by severity, object and place, whatever the order of the objects', () => {
    const rules = Array.from({ length: 11 }, () => 'get secrets');
    const objects = [
      role('dev', 'b', rules),
      role('dev', 'a', ['* *']),
      clusterRole('c', ['get nodes/proxy', 'create pods']),
      clusterRoleBinding('d', 'ghost'),
    ];
    const forth = found(objects);
    expect(found([...objects].reverse())).toEqual(forth);
    const severities = forth.map(({ severity }) => severity);
    const order = ['critical', 'high', 'medium', 'low', 'info'];
    expect(severities).toEqual([...severities].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    const ofB = forth.filter(({ object, rule }) => object.name === 'b' && rule === 'secrets-read');
    expect(ofB.map(({ field }) => field)).toEqual(rules.map((_, index) => `rules[${index}].resources`));
  });
});

describe('a large policy', () => {
  it('is linted in time in proportion, with a bounded number of hints', () => {
    const objects = Array.from({ length: 20_000 }, (_, index) => [
      roleBinding(`ns${index % 100}`, `b${index}`, `ClusterRole ghost-${index}`, `User u${index % 50}`),
    ]).flat();
    const started = performance.now();
    const findings = found([
      ...objects,
      ...Array.from({ length: 2000 }, (_, index) => clusterRole(`real-${index}`, ['get pods'])),
    ]);
    expect(findings.filter(({ rule }) => rule === 'dangling-role')).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

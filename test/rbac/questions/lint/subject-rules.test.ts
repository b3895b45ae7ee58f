import { SUBJECT_RULES } from '../../../../src/rbac/questions/lint/subject-rules.ts';
import { clusterRole, clusterRoleBinding, roleBinding } from '../../objects.ts';
import { describeRules } from './support/describe-rules.ts';
import { bound, boundHere } from './support/policies.ts';

const twoIssuers = { issuers: [{ prefix: 'corp:' }, { prefix: 'partner:' }] };
const everyRole = (count: number) =>
  Array.from({ length: count }, (_, index) => [
    clusterRoleBinding(`b${index}`, `r${index}`, 'User jane'),
    clusterRole(`r${index}`, ['get pods']),
  ]).flat();

describeRules(SUBJECT_RULES, {
  'masters-bound': {
    reports: [[bound('Group system:masters'), 'high subjects[0]']],
    quiet: [[bound('User system:masters')], [bound('Group masters')]],
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
});

import { describe, expect, it } from 'vitest';
import { AuditPolicyError, parseAuditPolicy } from '../../../src/gateway/audit/index.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';

function messageOf(text: string): string {
  try {
    parseAuditPolicy(text, 'audit.yaml');
  } catch (error) {
    if (error instanceof AuditPolicyError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseAuditPolicy', () => {
  it('makes a policy ready: unions omitted stages, lets a rule override the managed fields', () => {
    const policy = parseAuditPolicy(
      `${HEAD}metadata: {name: x, labels: {a: b}}
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: Request
  resources: [{group: "", resources: [pods]}]
  omitStages: [Panic]
  omitManagedFields: false
- level: Metadata
`,
      'audit.yaml',
    );
    expect(policy.rules.map(({ verdict }) => verdict)).toEqual([
      { level: 'Request', omitStages: new Set(['RequestReceived', 'Panic']), omitManagedFields: false },
      { level: 'Metadata', omitStages: new Set(['RequestReceived']), omitManagedFields: true },
    ]);
  });

  it.each([
    ['', 'audit.yaml:1:1: the audit policy is empty'],
    ['a: [', 'audit.yaml:1:5: yaml:'],
    [`${HEAD}rules: []`, 'audit.yaml:3:8: loaded illegal policy with 0 rules'],
    [HEAD, 'audit.yaml:1:1: loaded illegal policy with 0 rules'],
    [
      'apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]',
      'audit.yaml:1:13: no kind "Policy" is registered for version "audit.k8s.io/v1beta1"',
    ],
    ['apiVersion: audit.k8s.io/v1\nkind: Event\nrules: [{level: None}]', 'audit.yaml:2:7: no kind "Event"'],
    [`${HEAD}rules: [{level: None}]\nrule: 1`, 'audit.yaml:4:1: strict decoding error: unknown field "rule"'],
    [
      `${HEAD}rules:\n- level: None\n  user: [a]`,
      'audit.yaml:5:3: strict decoding error: unknown field "rules[0].user"',
    ],
    [
      `${HEAD}rules:\n- level: None\n  level: Metadata`,
      'audit.yaml:5:3: strict decoding error: duplicate field "rules[0].level"',
    ],
    [
      `${HEAD}rules:\n- level: None\n  users: a`,
      'audit.yaml:5:10: rules[0].users must be a list, not a string',
    ],
    [
      `${HEAD}rules:\n- level: None\n  verbs: [1]`,
      'audit.yaml:5:11: rules[0].verbs[0] must be a string, not a number',
    ],
    [`${HEAD}rules: [{users: [a]}]`, 'audit.yaml:3:9: rules[0].level: Required value'],
    [
      `${HEAD}rules: [{level: Body}]`,
      'audit.yaml:3:17: rules[0].level: Unsupported value: "Body": supported values: "None", "Metadata", "Request", "RequestResponse"',
    ],
    [
      `${HEAD}rules: [{level: None, nonResourceURLs: [healthz]}]`,
      `audit.yaml:3:41: rules[0].nonResourceURLs[0]: Invalid value: "healthz": non-resource URL rules must begin with a '/' character`,
    ],
    [
      `${HEAD}rules: [{level: None, nonResourceURLs: [/a*b]}]`,
      `audit.yaml:3:41: rules[0].nonResourceURLs[0]: Invalid value: "/a*b": non-resource URL wildcards '*' must be the final character of the rule`,
    ],
    [
      `${HEAD}rules: [{level: None, nonResourceURLs: [/a], namespaces: [b]}]`,
      'rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      `${HEAD}rules: [{level: None, resources: [{group: apps/v1}]}]`,
      'audit.yaml:3:43: rules[0].resources[0].group: Invalid value: "apps/v1": ',
    ],
    [`${HEAD}rules: [{level: None, resources: [{group: "*"}]}]`, 'accepted'],
    [
      `${HEAD}rules: [{level: None, resources: [{resourceNames: [a]}]}]`,
      'using resourceNames requires at least one resource',
    ],
    [
      `${HEAD}rules: [{level: None, omitStages: [Received]}]`,
      'audit.yaml:3:36: rules[0].omitStages[0]: Invalid value: "Received": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
    // Stricter than kube-apiserver, which does not look at the policy's own list, so that a typo omits nothing.
    [
      `${HEAD}omitStages: [Received]\nrules: [{level: None}]`,
      'audit.yaml:3:14: omitStages[0]: Invalid value',
    ],
    [`${HEAD}rules: [{level: None}]\n---\n{}`, 'only one YAML document is allowed'],
  ])('says where %j is wrong', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  it('tells of everything that is wrong, a line each', () => {
    const text = `${HEAD}rules:\n- level: X\n- level: Z\n`;
    expect(
      messageOf(text)
        .split('\n')
        .map((line) => line.slice(0, 15)),
    ).toEqual(['audit.yaml:4:10', 'audit.yaml:5:10']);
  });
});

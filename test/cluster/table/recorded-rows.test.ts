import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ago, meta, table } from './support.ts';

const rows = JSON.parse(
  readFileSync(new URL('../../corpus/cluster/table-rows.json', import.meta.url), 'utf8'),
) as Record<string, unknown[]>;

describe('renderTable, against recorded rows', () => {
  it.each([
    ['/v1/configmaps', 'api/v1/configmaps', { metadata: meta('gen-wjswc', 240) }],
    ['/v1/namespaces', 'api/v1/namespaces', { metadata: meta('default', 341), status: { phase: 'Active' } }],
    ['/v1/secrets', 'api/v1/secrets', { metadata: meta('sd', 167), type: 'Opaque', data: { a: 'eA==' } }],
    ['/v1/serviceaccounts', 'api/v1/serviceaccounts', { metadata: meta('default', 339) }],
    [
      '/v1/services',
      'api/v1/services',
      {
        metadata: meta('kubernetes', 339),
        spec: { type: 'ClusterIP', clusterIP: '10.0.0.1', ports: [{ port: 443, protocol: 'TCP' }] },
      },
    ],
    [
      '/v1/events',
      'api/v1/events',
      {
        metadata: meta('openshift-kube-apiserver.18ead41bb9d7f577', 339),
        firstTimestamp: ago(339),
        lastTimestamp: ago(339),
        type: 'Warning',
        reason: 'KubeAPIReadyz',
        involvedObject: { kind: 'Namespace', name: 'openshift-kube-apiserver' },
        source: { component: 'apiserver', host: 'vm' },
        message: 'readyz=true',
        count: 1,
      },
    ],
    [
      'rbac.authorization.k8s.io/v1/clusterrolebindings',
      'apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
      {
        metadata: meta('cluster-admin', 340),
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'Group', name: 'system:masters' }],
      },
    ],
    [
      'rbac.authorization.k8s.io/v1/rolebindings',
      'apis/rbac.authorization.k8s.io/v1/rolebindings',
      {
        metadata: meta('rb', 167),
        roleRef: { kind: 'Role', name: 'nr' },
        subjects: [{ kind: 'User', name: 'alice' }],
      },
    ],
    [
      'rbac.authorization.k8s.io/v1/clusterroles',
      'apis/rbac.authorization.k8s.io/v1/clusterroles',
      { metadata: { name: 'admin', creationTimestamp: '2026-11-24T00:36:56Z' } },
    ],
    [
      'coordination.k8s.io/v1/leases',
      'apis/coordination.k8s.io/v1/leases',
      {
        metadata: meta('apiserver-wlv32tlttr4jl3gtroqexyxapa', 341),
        spec: { holderIdentity: 'apiserver-wlv32tlttr4jl3gtroqexyxapa_6c22daee-2659-4a5b-a348-884a24f787ad' },
      },
    ],
    [
      'apiregistration.k8s.io/v1/apiservices',
      'apis/apiregistration.k8s.io/v1/apiservices',
      { metadata: meta('v1.', 341), status: { conditions: [{ type: 'Available', status: 'True' }] } },
    ],
    [
      'networking.k8s.io/v1/ipaddresses',
      'apis/networking.k8s.io/v1/ipaddresses',
      {
        metadata: meta('10.0.0.1', 339),
        spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'kubernetes' } },
      },
    ],
    [
      'networking.k8s.io/v1/servicecidrs',
      'apis/networking.k8s.io/v1/servicecidrs',
      { metadata: meta('kubernetes', 341), spec: { cidrs: ['10.0.0.0/24'] } },
    ],
    [
      'scheduling.k8s.io/v1/priorityclasses',
      'apis/scheduling.k8s.io/v1/priorityclasses',
      {
        metadata: meta('system-cluster-critical', 340),
        value: 2_000_000_000,
        preemptionPolicy: 'PreemptLowerPriority',
      },
    ],
    [
      'flowcontrol.apiserver.k8s.io/v1/flowschemas',
      'apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
      {
        metadata: meta('catch-all', 341),
        spec: {
          priorityLevelConfiguration: { name: 'catch-all' },
          matchingPrecedence: 10_000,
          distinguisherMethod: { type: 'ByUser' },
        },
        status: { conditions: [{ type: 'Dangling', status: 'False' }] },
      },
    ],
    [
      'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
      'apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
      {
        metadata: meta('catch-all', 341),
        spec: {
          type: 'Limited',
          limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } },
        },
      },
    ],
  ])('prints a row of %s', (path, key, object) => {
    expect(table(path, object).rows[0]?.cells).toEqual(rows[key]);
  });
});

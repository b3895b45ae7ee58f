import { describe, expect, it } from 'vitest';
import { ago, meta, row } from '../support.ts';

describe('other kinds', () => {
  const template = {
    spec: {
      containers: [
        { name: 'c', image: 'i:1' },
        { name: 'd', image: 'j' },
      ],
    },
  };
  const selector = {
    matchLabels: { b: '2', a: '1' },
    matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['y', 'x'] }],
  };

  it('show a deployment', () => {
    const status = { replicas: 3, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 };
    expect(
      row('apps/v1/deployments', {
        metadata: meta('d', 60),
        spec: { replicas: 3, selector, template },
        status,
      }),
    ).toEqual({
      Name: 'd',
      Ready: '2/3',
      'Up-to-date': 1,
      Available: 2,
      Age: '60s',
      Containers: 'c,d',
      Images: 'i:1,j',
      Selector: 'a=1,b=2,c notin (x,y)',
    });
  });

  it.each([
    [
      'a node port',
      { type: 'NodePort', clusterIP: '10.0.0.2', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] },
      '<none>',
      '80:30080/TCP',
    ],
    [
      'a pending load balancer',
      { type: 'LoadBalancer', clusterIP: '10.0.0.2', ports: [{ port: 80, protocol: 'UDP' }] },
      '<pending>',
      '80/UDP',
    ],
    ['an external name', { type: 'ExternalName', externalName: 'example.com' }, 'example.com', '<none>'],
  ])('show a service with %s', (_name, spec, external, ports) => {
    expect(row('/v1/services', { metadata: meta('s', 1), spec })).toMatchObject({
      'External-IP': external,
      'Port(s)': ports,
    });
  });

  it.each([
    [
      {
        status: {
          conditions: [{ type: 'Complete', status: 'True' }],
          succeeded: 1,
          startTime: ago(60),
          completionTime: ago(30),
        },
      },
      'Complete',
      '1/1',
      '30s',
    ],
    [{ status: { startTime: ago(45) } }, 'Running', '0/1', '45s'],
    [{ status: { conditions: [{ type: 'Failed', status: 'True' }] } }, 'Failed', '0/1', ''],
  ])('show a job %#', (object, status, completions, duration) => {
    const job = { metadata: meta('j', 60), spec: { completions: 1, template }, ...object };
    expect(row('batch/v1/jobs', job)).toMatchObject({
      Status: status,
      Completions: completions,
      Duration: duration,
    });
  });

  it('show a node with its roles and addresses', () => {
    const node = {
      metadata: meta('n', 60, {
        labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' },
      }),
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '10.0.0.9' }],
        nodeInfo: { kubeletVersion: 'v1.35.3' },
      },
    };
    expect(row('/v1/nodes', node)).toMatchObject({
      Status: 'Ready,SchedulingDisabled',
      Roles: 'control-plane,worker',
      Version: 'v1.35.3',
      'Internal-IP': '10.0.0.9',
      'OS-Image': '<unknown>',
    });
  });

  it('show the empty pod selector of a network policy', () => {
    const policy = { metadata: meta('n', 60), spec: { podSelector: {} } };
    expect(row('networking.k8s.io/v1/networkpolicies', policy)).toEqual({
      Name: 'n',
      'Pod-Selector': '<none>',
      Age: '60s',
    });
  });

  it('show at most three endpoints', () => {
    const subsets = [
      { addresses: ['1', '2', '3', '4'].map((last) => ({ ip: `10.0.0.${last}` })), ports: [{ port: 80 }] },
    ];
    const shown = row('/v1/endpoints', { metadata: meta('e', 60), subsets });
    expect(shown['Endpoints']).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
  });

  it('show how full a quota is', () => {
    const status = { hard: { pods: '4', 'limits.cpu': '2', cpu: '1' }, used: { pods: '1', cpu: '500m' } };
    expect(row('/v1/resourcequotas', { metadata: meta('q', 60), status })).toMatchObject({
      Request: 'cpu: 500m/1, pods: 1/4',
      Limit: 'limits.cpu: 0/2',
    });
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInTable, findResourceType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { columnsOf, renderTable } from '../../../src/cluster/table/index.ts';

const now = Date.parse('2026-11-24T01:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace('.000', '');
const rows = JSON.parse(
  readFileSync(new URL('../../corpus/cluster/table-rows.json', import.meta.url), 'utf8'),
) as Record<string, unknown[]>;

interface Table {
  kind: string;
  metadata: object;
  columnDefinitions: { name: string }[] | null;
  rows: { cells: unknown[]; object: object | null }[];
}

function typeOf(path: string) {
  const [group = '', version = '', resource = ''] = path.split('/');
  const type = findResourceType(group, version, resource);
  if (type === undefined) throw new Error(`not served: ${path}`);
  return type;
}

function table(path: string, object: KubeObject | Record<string, unknown>, options = {}): Table {
  const defaults = {
    includeObject: 'Metadata',
    listMeta: { resourceVersion: '7' },
    now,
    columnDefinitions: true,
  } as const;
  return renderTable(typeOf(path), [object as KubeObject], { ...defaults, ...options }) as Table;
}

/** One row by column name. */
function row(path: string, object: Record<string, unknown>): Record<string, unknown> {
  const { columnDefinitions, rows: shown } = table(path, object);
  return Object.fromEntries(
    (columnDefinitions ?? []).map(({ name }, index) => [name, shown[0]?.cells[index]]),
  );
}

const meta = (name: string, seconds: number, more = {}) => ({
  name,
  creationTimestamp: ago(seconds),
  ...more,
});

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

describe('renderTable', () => {
  it('prints as many cells as columns for every listable kind, even of a bare object', () => {
    for (const type of builtInTable.types.filter((each) => each.verbs.includes('list'))) {
      const shown = table(`${type.group}/${type.version}/${type.resource}`, { metadata: {} });
      // kube-apiserver sends an age of addresses for which it has no column.
      const extra = type.resource === 'ipaddresses' ? 1 : 0;
      expect(shown.rows[0]?.cells, type.resource).toHaveLength(columnsOf(type).length + extra);
      expect(shown.rows[0]?.cells, type.resource).not.toContain(undefined);
    }
  });

  it.each([
    [
      '/v1/persistentvolumes',
      {
        metadata: meta('pv', 60),
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Delete',
          claimRef: { namespace: 'default', name: 'c' },
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Bound' },
      },
      'pv 1Gi RWO,RWX Delete Bound default/c standard <unset>  60s Filesystem',
    ],
    [
      'storage.k8s.io/v1/storageclasses',
      {
        metadata: meta('standard', 60, {
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        }),
        provisioner: 'a.example/disk',
      },
      'standard (default) a.example/disk Delete Immediate false 60s',
    ],
    [
      'storage.k8s.io/v1/csidrivers',
      { metadata: meta('d', 60), spec: { volumeLifecycleModes: ['Persistent', 'Ephemeral'] } },
      'd true false false <unset> false Persistent,Ephemeral 60s',
    ],
    [
      'apps/v1/controllerrevisions',
      {
        metadata: meta('web-1', 60, {
          ownerReferences: [
            { controller: true, apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u' },
          ],
        }),
        revision: 3,
      },
      'web-1 statefulset.apps/web 3 60s',
    ],
    [
      'certificates.k8s.io/v1/certificatesigningrequests',
      {
        metadata: meta('csr', 60),
        spec: { signerName: 'a.example/b', username: 'alice', expirationSeconds: 3600 },
        status: { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'eA==' },
      },
      'csr 60s a.example/b alice 60m Approved,Issued',
    ],
    [
      'networking.k8s.io/v1/ingressclasses',
      {
        metadata: meta('nginx', 60),
        spec: {
          controller: 'a.example/c',
          parameters: { apiGroup: 'a.example', kind: 'Conf', name: 'x' },
        },
      },
      'nginx a.example/c Conf.a.example/x 60s',
    ],
    [
      'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
      { metadata: meta('b', 60), spec: { policyName: 'p', paramRef: { name: 'n' } } },
      'b p */n 60s',
    ],
    ['node.k8s.io/v1/runtimeclasses', { metadata: meta('gvisor', 60), handler: 'runsc' }, 'gvisor runsc 60s'],
    [
      'resource.k8s.io/v1/resourceclaims',
      {
        metadata: meta('gpu', 60),
        status: { allocation: {}, reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] },
      },
      'gpu allocated,reserved 60s',
    ],
  ])('prints %s as kubectl shows it', (path, object, expected) => {
    expect((table(path, object).rows[0]?.cells ?? []).join(' ')).toBe(expected);
  });

  it('prints a bookmark of a watch as the recorded blank row', () => {
    const bookmark = {
      metadata: { resourceVersion: '320', annotations: { 'k8s.io/initial-events-end': 'true' } },
    };
    const shown = table('/v1/configmaps', bookmark, { columnDefinitions: false });
    expect(shown.columnDefinitions).toBeNull();
    expect(shown.rows).toEqual([
      {
        cells: ['', 0, '<unknown>'],
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: bookmark.metadata },
      },
    ]);
  });

  it('carries what includeObject asks for', () => {
    const object = { metadata: { name: 'a' }, data: { k: 'v' } };
    const shown = (includeObject: string) =>
      table('/v1/configmaps', object, { includeObject }).rows[0]?.object;
    expect(shown('None')).toBeNull();
    expect(shown('Metadata')).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { name: 'a' },
    });
    expect(shown('Object')).toEqual({ ...object, kind: 'ConfigMap', apiVersion: 'v1' });
  });
});

describe('pods', () => {
  const running = { state: { running: {} }, ready: true, restartCount: 0, name: 'c' };
  const waiting = (reason: string) => ({
    state: { waiting: { reason } },
    ready: false,
    restartCount: 0,
    name: 'c',
  });
  const spec = { containers: [{ name: 'c' }] };
  const pod = (status: object, more: object = {}, metadata: object = {}) => ({
    metadata: { ...meta('p', 300), ...metadata },
    spec: { ...spec, ...more },
    status,
  });
  const sidecar = { initContainers: [{ name: 'i', restartPolicy: 'Always' }] };

  it.each([
    ['a running pod', pod({ phase: 'Running', containerStatuses: [running] }), '1/1', 'Running'],
    ['a new pod', pod({ phase: 'Pending' }), '0/1', 'Pending'],
    [
      'a failing image',
      pod({ phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] }),
      '0/1',
      'ImagePullBackOff',
    ],
    ['an evicted pod', pod({ phase: 'Failed', reason: 'Evicted' }), '0/1', 'Evicted'],
    [
      'a pod being deleted',
      pod({ phase: 'Running', containerStatuses: [running] }, {}, { deletionTimestamp: ago(1) }),
      '1/1',
      'Terminating',
    ],
    [
      'a finished pod being deleted',
      pod({ phase: 'Succeeded' }, {}, { deletionTimestamp: ago(1) }),
      '0/1',
      'Succeeded',
    ],
    [
      'a pod of a lost node',
      pod({ phase: 'Running', reason: 'NodeLost' }, {}, { deletionTimestamp: ago(1) }),
      '0/1',
      'Unknown',
    ],
    [
      'a completed pod',
      pod({
        phase: 'Succeeded',
        containerStatuses: [{ name: 'c', state: { terminated: { reason: 'Completed', exitCode: 0 } } }],
      }),
      '0/1',
      'Completed',
    ],
    [
      'an exit code',
      pod({ phase: 'Failed', containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 3 } } }] }),
      '0/1',
      'ExitCode:3',
    ],
    [
      'a signal',
      pod({
        phase: 'Failed',
        containerStatuses: [{ name: 'c', state: { terminated: { signal: 9, exitCode: 137 } } }],
      }),
      '0/1',
      'Signal:9',
    ],
    [
      'an init container at work',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }] },
        { initContainers: [{ name: 'i' }] },
      ),
      '0/1',
      'Init:0/1',
    ],
    [
      'an init container that failed',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'i', state: { terminated: { reason: 'Error', exitCode: 1 } } }],
        },
        { initContainers: [{ name: 'i' }] },
      ),
      '0/1',
      'Init:Error',
    ],
    [
      'a sidecar beside a container',
      pod(
        {
          phase: 'Running',
          containerStatuses: [running],
          initContainerStatuses: [{ name: 'i', started: true, ready: true, state: { running: {} } }],
        },
        sidecar,
      ),
      '2/2',
      'Running',
    ],
    [
      'a gated pod',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
      '0/1',
      'SchedulingGated',
    ],
  ])('show %s', (_name, object, ready, status) => {
    expect(row('/v1/pods', object)).toMatchObject({ Ready: ready, Status: status, Age: '5m' });
  });

  it('show restarts with the time of the last one, and the wide columns', () => {
    const status = {
      phase: 'Running',
      podIP: '10.1.0.4',
      containerStatuses: [
        { ...running, restartCount: 2, lastState: { terminated: { finishedAt: ago(90) } } },
      ],
    };
    expect(row('/v1/pods', pod(status, { nodeName: 'n1' }))).toEqual({
      Name: 'p',
      Ready: '1/1',
      Status: 'Running',
      Restarts: '2 (90s ago)',
      Age: '5m',
      IP: '10.1.0.4',
      Node: 'n1',
      'Nominated Node': '<none>',
      'Readiness Gates': '<none>',
    });
  });
});

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

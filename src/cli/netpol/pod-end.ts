import type { KubeObject } from '../../cluster/index.ts';
import { type ContainerPort, type PodEnd, PROTOCOLS } from '../../netpol/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What has pods, or makes them: how it is called, where it is served, and where in it the pod is. */
export interface PodSource {
  readonly names: readonly string[];
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  /** The members that lead from the object to what has the pod's metadata and spec. */
  readonly path: readonly string[];
}

const TEMPLATE = ['spec', 'template'];
const APPS = 'apps/v1';

export const podSources: readonly PodSource[] = [
  { names: ['pod', 'po'], apiVersion: 'v1', kind: 'Pod', resource: 'pods', path: [] },
  {
    names: ['deployment', 'deploy'],
    apiVersion: APPS,
    kind: 'Deployment',
    resource: 'deployments',
    path: TEMPLATE,
  },
  {
    names: ['statefulset', 'sts'],
    apiVersion: APPS,
    kind: 'StatefulSet',
    resource: 'statefulsets',
    path: TEMPLATE,
  },
  { names: ['daemonset', 'ds'], apiVersion: APPS, kind: 'DaemonSet', resource: 'daemonsets', path: TEMPLATE },
  {
    names: ['replicaset', 'rs'],
    apiVersion: APPS,
    kind: 'ReplicaSet',
    resource: 'replicasets',
    path: TEMPLATE,
  },
  { names: ['job'], apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', path: TEMPLATE },
  {
    names: ['cronjob', 'cj'],
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    resource: 'cronjobs',
    path: ['spec', 'jobTemplate', ...TEMPLATE],
  },
];

/** The pod, or such a pod as the object makes, as NetworkPolicies see it. */
export function podEnd(
  source: PodSource,
  object: KubeObject,
  namespaceLabels: Readonly<Record<string, string>>,
): PodEnd {
  const pod = source.path.reduce<Fields>((fields, member) => fieldsOf(fields[member]), object);
  const { name = '', namespace = '' } = object.metadata;
  const spec = fieldsOf(pod['spec']);
  const status = fieldsOf(pod['status']);
  return {
    kind: 'pod',
    type: source.kind.toLowerCase(),
    name,
    namespace,
    labels: fieldsOf(fieldsOf(pod['metadata'])['labels']) as Readonly<Record<string, string>>,
    namespaceLabels,
    addresses: addressesOf(status, 'podIP'),
    hostAddresses: addressesOf(status, 'hostIP'),
    hostNetwork: spec['hostNetwork'] === true,
    ports: portsOf(spec),
  };
}

/** `podIP` and `podIPs[].ip`, the same first address in both. */
function addressesOf(status: Fields, member: 'podIP' | 'hostIP'): string[] {
  const listed = listOf(status[`${member}s`]).map((each) => each['ip']);
  return [...new Set([status[member], ...listed])].filter((address) => typeof address === 'string');
}

/** Of the containers that run beside each other: an init container is one when it is restarted always. */
function portsOf(spec: Fields): ContainerPort[] {
  const sidecars = listOf(spec['initContainers']).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...listOf(spec['containers']), ...sidecars].flatMap((container) =>
    listOf(container['ports']).map(({ name, containerPort, protocol }) => ({
      name: typeof name === 'string' ? name : '',
      number: Number(containerPort),
      protocol: PROTOCOLS.find((known) => known === protocol) ?? 'TCP',
    })),
  );
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

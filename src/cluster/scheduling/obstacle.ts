import type { KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';
import { matchesNode } from './node-affinity.ts';
import { podAffinityObstacle } from './pod-affinity.ts';
import { untolerated } from './taints.ts';
import type { UsedResources } from './used-resources.ts';

/** What is on the node already. */
export interface Placed {
  readonly pods: ReadonlyMap<string, KubeObject>;
  readonly used: Pick<UsedResources, 'lacking'>;
  /** The labels of a namespace. */
  labelsOf(namespace: string): Readonly<Record<string, string>>;
}

const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/**
 * Why the node does not take the pod, in kube-scheduler's words; empty when it does. Of several the first counts, in the
 * order of its plugins; of resources all. Source: pkg/scheduler/framework/plugins.
 */
export function obstacleOnNode(pod: KubeObject, node: KubeObject, placed: Placed): readonly string[] {
  const spec = asJsonObject(pod['spec']);
  const nodeSpec = asJsonObject(node['spec']);
  if (
    nodeSpec['unschedulable'] === true &&
    untolerated(spec, { taints: [cordon] }, ['NoSchedule']).length > 0
  )
    return ['node(s) were unschedulable'];
  if (untolerated(spec, nodeSpec, ['NoSchedule', 'NoExecute']).length > 0)
    return ['node(s) had untolerated taint(s)'];
  if (!matchesNode(spec, node)) return ["node(s) didn't match Pod's node affinity/selector"];
  if (wantsTakenPort(spec, placed.pods.values()))
    return ["node(s) didn't have free ports for the requested pod ports"];
  const lacking = resourceObstacles(pod, node, placed);
  if (lacking.length > 0) return lacking;
  if (!hasSpreadLabels(spec, node))
    return ["node(s) didn't match pod topology spread constraints (missing required label)"];
  const affinity = podAffinityObstacle(pod, node, placed.pods.values(), placed.labelsOf);
  return affinity === undefined ? [] : [affinity];
}

function resourceObstacles(pod: KubeObject, node: KubeObject, { pods, used }: Placed): readonly string[] {
  const allocatable = asJsonObject(asJsonObject(node['status'])['allocatable']) as Record<string, string>;
  const lacking = used.lacking(pod, allocatable).map((name) => `Insufficient ${name}`);
  return pods.size >= Number(allocatable['pods'] ?? 0) ? ['Too many pods', ...lacking] : lacking;
}

/** Of one node there is one domain, in which no count differs from another; but the node has to be in one. */
function hasSpreadLabels(spec: Record<string, unknown>, { metadata }: KubeObject): boolean {
  return asJsonArray(spec['topologySpreadConstraints'])
    .map(asJsonObject)
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule')
    .every(({ topologyKey }) => Object.hasOwn(metadata.labels ?? {}, String(topologyKey)));
}

function wantsTakenPort(spec: unknown, others: Iterable<KubeObject>): boolean {
  const wanted = hostPortsOf(spec);
  if (wanted.length === 0) return false;
  for (const other of others) {
    const taken = hostPortsOf(other['spec']);
    if (wanted.some((port) => taken.some((each) => isSamePort(port, each)))) return true;
  }
  return false;
}

interface HostPort {
  readonly hostPort: number;
  readonly protocol?: string;
  readonly hostIP?: string;
}

function hostPortsOf(spec: unknown): readonly HostPort[] {
  return asJsonArray(asJsonObject(spec)['containers']).flatMap((container) =>
    (asJsonArray(asJsonObject(container)['ports']) as readonly HostPort[]).filter(
      ({ hostPort = 0 }) => hostPort > 0,
    ),
  );
}

function isSamePort(a: HostPort, b: HostPort): boolean {
  const [one, other] = [a.hostIP || '0.0.0.0', b.hostIP || '0.0.0.0'];
  const meet = one === other || one === '0.0.0.0' || other === '0.0.0.0';
  return meet && a.hostPort === b.hostPort && (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP');
}

import type { ClusterVersion } from '../cluster-deps.ts';
import { createObject } from '../objects/create-object.ts';
import { type ObjectContext, timestamp } from '../objects/object-context.ts';
import { ownWriters, statusWrittenBy } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { coreType, type KubeObject } from '../resources/index.ts';
import { isStored, type Json, objectIn, objectsIn } from './json.ts';
import { withCondition } from './pod/pod-status.ts';

export const nodeName = 'sallyport-node';
export const nodeIP = '10.244.255.1';
/** Pods that the node takes; as many addresses are there for them. */
export const maxPods = 1000;

/** What it has for pods. */
export const nodeCapacity = {
  cpu: '64',
  'ephemeral-storage': '1Ti',
  memory: '256Gi',
  pods: String(maxPods),
} as const;

/** Makes the node that all pods run on, or renews what it says of itself. Its labels, taints and whether it is cordoned stay. */
export async function ensureNode(context: ObjectContext, version: ClusterVersion): Promise<void> {
  const type = coreType('nodes');
  let current = await context.objects.get(type, '', nodeName);
  if (current === undefined) {
    const trackFields = trackedAs(context, type, ownWriters.kubelet, '');
    await createObject(context, { type, namespace: '', object: newNode(), dryRun: false, trackFields });
    current = await context.objects.get(type, '', nodeName);
  }
  if (current === undefined) return;
  const next = readyNode(current.object, version, context);
  if (!isStored(next, current.object)) await context.objects.replace(current, next);
}

function newNode(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': nodeName,
        'kubernetes.io/os': 'linux',
      },
    },
    spec: { podCIDR: '10.244.0.0/16', podCIDRs: ['10.244.0.0/16'] },
  };
}

function readyNode(node: KubeObject, version: ClusterVersion, context: ObjectContext): KubeObject {
  const spec = objectIn(node, 'spec');
  const old = objectIn(node, 'status');
  const taints = objectsIn(spec, 'taints').filter(({ key }) => key !== 'node.kubernetes.io/not-ready');
  const { taints: _taints, ...rest } = spec;
  const next = {
    ...node,
    spec: { ...rest, ...(taints.length > 0 ? { taints } : {}) },
    status: {
      ...old,
      addresses: [
        { type: 'InternalIP', address: nodeIP },
        { type: 'Hostname', address: nodeName },
      ],
      allocatable: nodeCapacity,
      capacity: nodeCapacity,
      conditions: nodeConditions(objectsIn(old, 'conditions'), context),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        ...objectIn(old, 'nodeInfo'),
        architecture: 'amd64',
        operatingSystem: 'linux',
        osImage: 'Sallyport simulated node',
        kernelVersion: 'simulated',
        containerRuntimeVersion: 'sallyport://simulated',
        kubeletVersion: version.gitVersion,
      },
    },
  };
  return statusWrittenBy(context, ownWriters.kubelet, { type: coreType('nodes'), object: node }, next);
}

function nodeConditions(old: readonly Json[], context: ObjectContext): readonly Json[] {
  const wanted = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'True', 'KubeletReady', 'simulated: no program of an image runs'],
  ] as const;
  return wanted.reduce<readonly Json[]>((list, [type, status, reason, message]) => {
    const [condition] = withCondition(
      list.filter((each) => each['type'] === type),
      { type, status, reason, message },
      context.now(),
    );
    const { lastProbeTime: _probe, ...rest } = condition ?? {};
    const before = list.find((each) => each['type'] === type);
    const next = { ...rest, lastHeartbeatTime: before?.['lastHeartbeatTime'] ?? timestamp(context) };
    return before === undefined ? list.concat(next) : list.map((each) => (each === before ? next : each));
  }, old);
}

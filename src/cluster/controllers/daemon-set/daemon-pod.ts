import type { KubeObject } from '../../resources/index.ts';
import { templateHash } from '../deployment/template-hash.ts';
import { daemonSets } from '../kinds.ts';
import { podOfTemplate } from '../pods/pod-of-template.ts';
import { revisionLabel } from '../revision-history.ts';
import type { DaemonSet, Pod } from '../shapes.ts';

/** What daemons bear, because they belong to the node. Source: pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations. */
const tolerated = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
] as const;

/** What a daemon bears: what its template says, and what belongs to every node. */
export function toleratedBy(podSpec: Readonly<Record<string, unknown>>): readonly object[] {
  const own = (podSpec['tolerations'] ?? []) as readonly object[];
  const network = podSpec['hostNetwork'] === true ? [ofHostNetwork] : [];
  return [
    ...own,
    ...[...tolerated, ...network].map(([key, effect]) => ({ key, operator: 'Exists', effect })),
  ];
}

const ofHostNetwork = ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const;

/** A pod that only one node may take. Source: util ReplaceDaemonSetPodNodeNameNodeAffinity. */
export function daemonPod(set: DaemonSet, node: string): KubeObject {
  const pod = podOfTemplate(
    set.spec.template,
    { kind: daemonSets, object: set },
    { generateName: `${set.metadata.name}-` },
  );
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  const affinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata.labels,
        [revisionLabel]: templateHash(set.spec.template),
        'pod-template-generation': String(set.metadata.generation ?? 1),
      },
    },
    spec: {
      ...pod.spec,
      affinity: { ...(pod.spec['affinity'] as object | undefined), nodeAffinity: affinity },
      tolerations: toleratedBy(pod.spec),
    },
  };
}

export function isUpToDate(set: DaemonSet, pod: Pod): boolean {
  return pod.metadata.labels?.[revisionLabel] === templateHash(set.spec.template);
}

/** The node that a pod is on, or is meant for. */
export function nodeOf({ spec }: Pod): string {
  const [term] =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return spec.nodeName ?? term?.matchFields?.[0]?.values?.[0] ?? '';
}

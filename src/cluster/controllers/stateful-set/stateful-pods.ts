import type { KubeObject } from '../../resources/index.ts';
import { statefulSets } from '../kinds.ts';
import { managedBy } from '../ownership.ts';
import { podOfTemplate } from '../pods/pod-of-template.ts';
import { revisionLabel, templateOf } from '../revision-history.ts';
import type { ControllerRevision, Pod, StatefulSet } from '../shapes.ts';

/** A pod's number; undefined when its name is none that the set gives. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const { name = '' } = pod.metadata;
  const number = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(number) ? Number(number) : undefined;
}

/** Source: stateful_set_utils.go newStatefulSetPod, updateIdentity, updateStorage. @param revision what it is made from */
export function podAt(set: StatefulSet, ordinal: number, revision: ControllerRevision): KubeObject {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podOfTemplate(templateOf(revision), { kind: statefulSets, object: set }, { name });
  const templates = set.spec.volumeClaimTemplates ?? [];
  const replaced = new Set(templates.map(({ metadata }) => metadata.name));
  const others = ((pod.spec['volumes'] ?? []) as readonly { readonly name: string }[]).filter(
    (volume) => !replaced.has(volume.name),
  );
  const claimed = templates.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, metadata.name ?? '', ordinal) },
  }));
  const { serviceName } = set.spec;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata.labels,
        [revisionLabel]: revision.metadata.name ?? '',
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      },
    },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }),
      ...(others.length + claimed.length > 0 ? { volumes: [...others, ...claimed] } : {}),
    },
  };
}

/** The claims of one pod. They outlive it, unless the set says otherwise. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly KubeObject[] {
  const isOwned = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => {
    const { controller: _, ...owner } = managedBy(statefulSets, set);
    return structuredClone({
      metadata: {
        name: claimName(set, metadata.name ?? '', ordinal),
        labels: { ...metadata.labels, ...set.spec.selector.matchLabels },
        ...(metadata.annotations == null ? {} : { annotations: metadata.annotations }),
        ...(isOwned ? { ownerReferences: [owner] } : {}),
      },
      spec,
    });
  });
}

function claimName({ metadata }: StatefulSet, template: string, ordinal: number): string {
  return `${template}-${metadata.name}-${ordinal}`;
}

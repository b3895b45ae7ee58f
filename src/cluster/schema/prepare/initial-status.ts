import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { decodeStatus } from '../decode-status.ts';
import type { Json } from '../defaults/set-default.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { qosClass } from './qos-class.ts';

/** The status of a new object; undefined when the kind has none, or it is not the server's to say. */
export function initialStatus(type: ResourceType, object: KubeObject): unknown {
  if (type.custom !== undefined || !type.hasStatus) return undefined;
  return decodeStatus(type, firstStatus(type, object));
}

function firstStatus(type: ResourceType, object: KubeObject): Json | undefined {
  if (type.group === '' && type.kind === 'Pod') return statusOfPod(object);
  // A kubelet registers its node with a status.
  if (type.group === '' && type.kind === 'Node') return asJsonObject(object['status']);
  if (type.kind === 'CustomResourceDefinition') return { storedVersions: storedVersions(object, []) };
  const phase = phases.get(`${type.group}/${type.kind}`);
  return phase === undefined ? undefined : { phase };
}

function statusOfPod({ metadata, spec }: KubeObject): Json {
  const podSpec = asJsonObject(spec);
  const isGated = asJsonArray(podSpec['schedulingGates']).length > 0;
  const gated = { ...waitsAtGate, lastTransitionTime: metadata.creationTimestamp };
  return { phase: 'Pending', ...(isGated && { conditions: [gated] }), qosClass: qosClass(podSpec) };
}

/** Source: pkg/registry/core/pod/strategy.go applySchedulingGatedCondition. */
const waitsAtGate = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

const phases: ReadonlyMap<string, string> = new Map([
  ['/Namespace', 'Active'],
  ['/PersistentVolumeClaim', 'Pending'],
  ['/PersistentVolume', 'Pending'],
]);

/** The versions that objects of a definition may be kept in: its own and those of before. */
export function storedVersions(definition: KubeObject, before: readonly unknown[]): readonly unknown[] {
  const versions = asJsonArray(asJsonObject(definition['spec'])['versions']).map(asJsonObject);
  const storage = versions.find((version) => version['storage'] === true)?.['name'];
  return storage === undefined || before.includes(storage) ? before : [...before, storage];
}

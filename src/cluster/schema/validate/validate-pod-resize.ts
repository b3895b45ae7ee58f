import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { containerResources, hasOwnResources, type ResourceList } from '../pod-resources.ts';
import { qosClass } from '../prepare/qos-class.ts';

type Json = Record<string, unknown>;

/**
 * What a pod's containers are given may change while they run, within what they are.
 * Source: Kubernetes pkg/apis/core/validation ValidatePodResize.
 */
export function validateResize(pod: KubeObject, oldPod: KubeObject): FieldError[] {
  const [spec, old] = [asJsonObject(pod['spec']), asJsonObject(oldPod['spec'])];
  const errors: FieldError[] = [];
  if (hasOwnResources(old)) {
    errors.push(fieldError.forbidden('spec', 'pods with pod-level resources cannot be resized'));
  }
  if (qosClass(spec) !== qosClass(old)) {
    const detail = 'Pod QOS Class may not change as a result of resizing';
    errors.push(fieldError.invalid('spec', asJsonObject(oldPod['status'])['qosClass'], detail));
  }
  for (const list of ['containers', 'initContainers']) {
    const before = asJsonArray(old[list]).map(asJsonObject);
    for (const [index, container] of asJsonArray(spec[list]).map(asJsonObject).entries()) {
      const path = `spec.${list}[${index}].resources`;
      errors.push(...containerErrors(container, before[index] ?? {}, list, path));
    }
  }
  return errors;
}

function containerErrors(container: Json, old: Json, list: string, path: string): FieldError[] {
  if (isDeepStrictEqual(container['resources'], old['resources'])) return [];
  if (list === 'initContainers' && container['restartPolicy'] !== 'Always') {
    return [fieldError.forbidden(path, 'resources for non-sidecar init containers are immutable')];
  }
  return (['requests', 'limits'] as const).flatMap((side) => {
    const [after, before] = [containerResources(container, side), containerResources(old, side)];
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    const changed = names.filter((name) => after[name] !== before[name]);
    return [
      ...(isRemoved(after, before)
        ? [fieldError.forbidden(`${path}.${side}`, `resource ${side} cannot be removed`)]
        : []),
      ...(changed.some((name) => name !== 'cpu' && name !== 'memory')
        ? [fieldError.forbidden('spec', 'only cpu and memory resources are mutable')]
        : []),
    ];
  });
}

function isRemoved(after: ResourceList, before: ResourceList): boolean {
  return Object.keys(before).some((name) => after[name] === undefined);
}

import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';

const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Almost all of a pod's spec is fixed once it exists. Source: Kubernetes core validation, ValidatePodUpdate. */
export function validatePodUpdate(spec: unknown, oldSpec: unknown): FieldError[] {
  const now = asJsonObject(spec);
  const before = asJsonObject(oldSpec);
  for (const list of ['containers', 'initContainers']) {
    if (asJsonArray(now[list]).length !== asJsonArray(before[list]).length) {
      return [fieldError.forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
  }
  const isSame = isDeepStrictEqual(fixedPart(now), fixedPart(before)) && tolerationsGrew(now, before);
  return isSame ? [] : [fieldError.forbidden('spec', changeable)];
}

function fixedPart(spec: Record<string, unknown>): Record<string, unknown> {
  const { tolerations: _tolerations, activeDeadlineSeconds: _deadline, ...rest } = spec;
  return {
    ...rest,
    containers: asJsonArray(spec['containers']).map(withoutImage),
    initContainers: asJsonArray(spec['initContainers']).map(withoutImage),
  };
}

function withoutImage(container: unknown): unknown {
  return isJsonObject(container) ? { ...container, image: '' } : container;
}

function tolerationsGrew(now: Record<string, unknown>, before: Record<string, unknown>): boolean {
  const kept = asJsonArray(now['tolerations']);
  return asJsonArray(before['tolerations']).every((old) => kept.some((each) => isDeepStrictEqual(each, old)));
}

/**
 * Containers for debugging may be added to a pod that runs; those that are there stay as they are.
 * Source: Kubernetes core validation, ValidatePodEphemeralContainersUpdate.
 */
export function validateEphemeralContainers(pod: KubeObject, oldPod: KubeObject): FieldError[] {
  const field = 'spec.ephemeralContainers';
  const of = (object: KubeObject) =>
    asJsonArray(asJsonObject(object['spec'])['ephemeralContainers']).map(asJsonObject);
  const now = new Map(of(pod).map((container) => [container['name'], container]));
  return of(oldPod).flatMap((old) => {
    const same = now.get(old['name']);
    if (same !== undefined && isDeepStrictEqual(same, old)) return [];
    const verb = same === undefined ? 'removed' : 'changed';
    const detail = `existing ephemeral containers ${JSON.stringify(old['name'])} may not be ${verb}\n`;
    return [fieldError.forbidden(field, detail)];
  });
}

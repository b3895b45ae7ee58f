import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';

const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

type Json = Record<string, unknown>;

/** Almost all of a pod's spec is fixed once it exists. Source: Kubernetes core validation, ValidatePodUpdate. */
export function validatePodUpdate(spec: unknown, oldSpec: unknown): FieldError[] {
  const now = asJsonObject(spec);
  const before = asJsonObject(oldSpec);
  for (const list of ['containers', 'initContainers']) {
    if (asJsonArray(now[list]).length !== asJsonArray(before[list]).length) {
      return [fieldError.forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
    }
  }
  const isGated = asJsonArray(before['schedulingGates']).length > 0;
  return [
    ...deadlineErrors(now['activeDeadlineSeconds'], before['activeDeadlineSeconds']),
    ...tolerationErrors(now, before),
    ...gateErrors(now, before),
    ...(isGated ? selectorErrors(now, before) : []),
    ...(isDeepStrictEqual(fixedPart(now, isGated), fixedPart(before, isGated))
      ? []
      : [fieldError.forbidden('spec', changeable)]),
  ];
}

function fixedPart(spec: Json, isGated: boolean): Json {
  const { tolerations: _1, activeDeadlineSeconds: _2, schedulingGates: _3, ...rest } = spec;
  const containers = {
    containers: asJsonArray(spec['containers']).map(withoutImage),
    initContainers: asJsonArray(spec['initContainers']).map(withoutImage),
  };
  if (!isGated) return { ...rest, ...containers };
  const { nodeSelector: _4, ...others } = rest;
  return { ...others, ...containers };
}

function withoutImage(container: unknown): unknown {
  return isJsonObject(container) ? { ...container, image: '' } : container;
}

/** It may be set, and come nearer. */
function deadlineErrors(now: unknown, before: unknown): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  if (before === undefined) return [];
  if (now === undefined)
    return [fieldError.invalid(path, null, 'must not update from a positive integer to nil value')];
  if (Number(now) <= Number(before)) return [];
  return [fieldError.invalid(path, now, 'must be less than or equal to previous value')];
}

/** More may be borne, and for another time. */
function tolerationErrors(now: Json, before: Json): FieldError[] {
  const untimed = (of: Json) =>
    asJsonArray(of['tolerations']).map((each) => ({ ...asJsonObject(each), tolerationSeconds: 0 }));
  const kept = untimed(now);
  if (untimed(before).every((old) => kept.some((each) => isDeepStrictEqual(each, old)))) return [];
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  return [fieldError.forbidden('spec.tolerations', detail)];
}

/** Gates are only opened. Source: validateOnlyDeletedSchedulingGates. */
function gateErrors(now: Json, before: Json): FieldError[] {
  const nameOf = (gate: unknown) => String(asJsonObject(gate)['name']);
  const known = asJsonArray(before['schedulingGates']).map(nameOf);
  return asJsonArray(now['schedulingGates']).flatMap((gate, index) => {
    if (known.includes(nameOf(gate))) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${nameOf(gate)}'`;
    return [fieldError.forbidden(`spec.schedulingGates[${index}].name`, detail)];
  });
}

/** A pod that waits at a gate may be told more of where it should go. Source: validateNodeSelectorMutation. */
function selectorErrors(now: Json, before: Json): FieldError[] {
  const selector = asJsonObject(now['nodeSelector']);
  const kept = Object.entries(asJsonObject(before['nodeSelector']));
  if (kept.every(([key, value]) => selector[key] === value)) return [];
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return [fieldError.invalid('spec.nodeSelector', selector, detail)];
}

/** What a new pod may not have. Source: ValidatePodCreate. */
export function validatePodCreate(spec: Json): FieldError[] {
  const errors: FieldError[] = [];
  if (asJsonArray(spec['ephemeralContainers']).length > 0)
    errors.push(fieldError.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if ((spec['nodeName'] ?? '') !== '' && asJsonArray(spec['schedulingGates']).length > 0) {
    const detail = 'cannot be set until all schedulingGates have been cleared';
    errors.push(fieldError.forbidden('spec.nodeName', detail));
  }
  return errors;
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

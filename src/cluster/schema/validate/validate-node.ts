import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError, labelKeyErrors, labelValueErrors } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { lenientRangeErrors, parseRange } from '../addresses.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { oneOf } from './rules.ts';

type Json = Record<string, unknown>;

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Source: Kubernetes pkg/apis/core/validation ValidateNode, ValidateNodeUpdate. */
export function validateNode(node: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asJsonObject(node['spec']);
  const taints = taintErrors(asJsonArray(spec['taints']).map(asJsonObject));
  const errors = [...taints, ...podRangeErrors(podRanges(spec))];
  // kube-apiserver looks twice at taints, and tells both times.
  return old === undefined
    ? errors
    : [...errors, ...changeErrors(spec, asJsonObject(old['spec'])), ...taints];
}

function podRanges({ podCIDR, podCIDRs }: Json): readonly unknown[] {
  const listed = asJsonArray(podCIDRs);
  // Where the two disagree, the older field wins.
  return asText(podCIDR) === undefined || listed[0] === podCIDR ? listed : [podCIDR];
}

function podRangeErrors(ranges: readonly unknown[]): FieldError[] {
  const errors = ranges.flatMap((range, index) => lenientRangeErrors(range, `spec.podCIDRs[${index}]`));
  const families = ranges.map((range) => parseRange(String(range))?.address.family);
  if (errors.length > 0 || new Set(families).size === families.length) return errors;
  const detail = 'may specify no more than one CIDR for each IP family';
  return [fieldError.invalid('spec.podCIDRs', ranges, detail)];
}

function changeErrors(spec: Json, oldSpec: Json): FieldError[] {
  const errors: FieldError[] = [];
  const ranges = podRanges(oldSpec);
  if (ranges.length > 0 && !isDeepStrictEqual(ranges, podRanges(spec))) {
    const detail = 'node updates may not change podCIDR except from "" to valid';
    errors.push(fieldError.forbidden('spec.podCIDRs', detail));
  }
  const before = asText(oldSpec['providerID']);
  if (before !== undefined && before !== spec['providerID']) {
    const detail = 'node updates may not change providerID except from "" to valid';
    errors.push(fieldError.forbidden('spec.providerID', detail));
  }
  return errors;
}

/** Kubernetes looks for them under metadata. */
function taintErrors(taints: readonly Json[]): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const path = `metadata.taints[${index}]`;
    const { key = '', value = '', effect = '', timeAdded = null } = taint;
    const errors = labelKeyErrors(String(key)).map((detail) =>
      fieldError.invalid(`${path}.key`, key, detail),
    );
    const details = labelValueErrors(String(value));
    if (details.length > 0) errors.push(fieldError.invalid(`${path}.value`, value, details.join(';')));
    if (effect === '') errors.push(fieldError.required(`${path}.effect`));
    else errors.push(...oneOf('effect', effects)(taint, path));
    const pair = `${String(effect)} ${String(key)}`;
    if (seen.has(pair)) {
      const detail = 'taints must be unique by key and effect pair';
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded };
      errors.push({ ...fieldError.duplicate(path, shown), detail });
    }
    seen.add(pair);
    return errors;
  });
}

import { type FieldError, fieldError, labelKeyErrors, labelValueErrors } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';

type Json = Record<string, unknown>;

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Source: Kubernetes pkg/apis/core/validation ValidateNode, ValidateNodeUpdate. */
export function validateNode(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = taintErrors(asJsonArray(spec['taints']).map(asJsonObject));
  const before = oldSpec?.['providerID'] ?? '';
  if (before === '' || before === spec['providerID']) return errors;
  const detail = 'node updates may not change providerID except from "" to valid';
  return [...errors, fieldError.forbidden('spec.providerID', detail)];
}

/** Kubernetes looks for them under metadata. */
function taintErrors(taints: readonly Json[]): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const path = `metadata.taints[${index}]`;
    const { key = '', value = '', effect = '' } = taint;
    const errors = labelKeyErrors(String(key)).map((detail) =>
      fieldError.invalid(`${path}.key`, key, detail),
    );
    const details = labelValueErrors(String(value));
    if (details.length > 0) errors.push(fieldError.invalid(`${path}.value`, value, details.join(';')));
    if (effect === '') errors.push(fieldError.required(`${path}.effect`));
    else if (!effects.includes(String(effect)))
      errors.push(fieldError.notSupported(`${path}.effect`, effect, effects));
    const pair = `${String(effect)} ${String(key)}`;
    if (seen.has(pair)) {
      const detail = 'taints must be unique by key and effect pair';
      errors.push({ ...fieldError.duplicate(path, taint), detail });
    }
    seen.add(pair);
    return errors;
  });
}

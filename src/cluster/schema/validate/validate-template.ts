import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { annotationErrors, labelErrors } from './validate-metadata.ts';
import { validatePodSpec } from './validate-pod-spec.ts';

/** A template of pods whose restartPolicy is one of these, or, without any, anyone's to judge. Source: Kubernetes pkg/apis/core/validation ValidatePodTemplateSpec. */
export function templateErrors(
  value: unknown,
  path: string,
  restartPolicies: readonly string[],
): FieldError[] {
  const template = asJsonObject(value);
  const spec = asJsonObject(template['spec']);
  const errors = [...templateMetadataErrors(template, path), ...validatePodSpec(spec, `${path}.spec`)];
  if (asJsonArray(spec['ephemeralContainers']).length > 0) {
    const detail = 'ephemeral containers not allowed in pod template';
    errors.push(fieldError.forbidden(`${path}.spec.ephemeralContainers`, detail));
  }
  const policy = asText(spec['restartPolicy']);
  if (policy !== undefined && restartPolicies.length > 0 && !restartPolicies.includes(policy))
    errors.push(fieldError.notSupported(`${path}.spec.restartPolicy`, policy, restartPolicies));
  return errors;
}

/** Labels and annotations of a template: places that its path leaves out `metadata` of. */
export function templateMetadataErrors({ metadata }: Record<string, unknown>, path: string): FieldError[] {
  const { labels, annotations } = asJsonObject(metadata);
  return [...labelErrors(labels, `${path}.labels`), ...annotationErrors(annotations, `${path}.annotations`)];
}

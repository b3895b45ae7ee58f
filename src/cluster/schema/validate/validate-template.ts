import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { annotationErrors, labelErrors } from './validate-metadata.ts';
import { validatePodSpec } from './validate-pod-spec.ts';

/** A template of pods whose restartPolicy is one of these. Source: Kubernetes pkg/apis/core/validation ValidatePodTemplateSpec. */
export function templateErrors(
  value: unknown,
  path: string,
  restartPolicies: readonly string[],
): FieldError[] {
  const template = asJsonObject(value);
  const metadata = asJsonObject(template['metadata']);
  const spec = asJsonObject(template['spec']);
  const errors = [
    ...labelErrors(metadata['labels'], `${path}.labels`),
    ...annotationErrors(metadata['annotations'], `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ];
  if (asJsonArray(spec['ephemeralContainers']).length > 0) {
    const detail = 'ephemeral containers not allowed in pod template';
    errors.push(fieldError.forbidden(`${path}.spec.ephemeralContainers`, detail));
  }
  const policy = asText(spec['restartPolicy']);
  if (policy !== undefined && !restartPolicies.includes(policy))
    errors.push(fieldError.notSupported(`${path}.spec.restartPolicy`, policy, restartPolicies));
  return errors;
}

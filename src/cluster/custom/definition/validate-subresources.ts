import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { DefinitionVersion } from './definition.ts';
import { simplePathErrors } from './validate-columns.ts';

/** Source: apiextensions validation.go ValidateCustomResourceDefinitionSubresources. */
export function validateSubresources({ subresources }: DefinitionVersion, path: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath = '' } = scale;
  return [
    ...pathErrors(
      specReplicasPath,
      `${path}.scale.specReplicasPath`,
      ['.spec.'],
      'should be a json path under .spec',
    ),
    ...pathErrors(
      statusReplicasPath,
      `${path}.scale.statusReplicasPath`,
      ['.status.'],
      'should be a json path under .status',
    ),
    ...(labelSelectorPath === ''
      ? []
      : pathErrors(
          labelSelectorPath,
          `${path}.scale.labelSelectorPath`,
          ['.spec.', '.status.'],
          'should be a json path under either .spec or .status',
        )),
  ];
}

function pathErrors(
  jsonPath: string,
  field: string,
  prefixes: readonly string[],
  detail: string,
): FieldError[] {
  if (jsonPath === '') return [fieldError.required(field)];
  const errors = simplePathErrors(jsonPath, field);
  if (errors.length > 0 || prefixes.some((prefix) => jsonPath.startsWith(prefix))) return errors;
  return [fieldError.invalid(field, jsonPath, detail)];
}

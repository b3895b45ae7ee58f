import { isDeepStrictEqual } from 'node:util';
import { dns1035LabelErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import type { DefinitionVersion } from './definition.ts';
import { validateColumns } from './validate-columns.ts';
import { validateSchema } from './validate-schema.ts';
import { validateSelectableFields } from './validate-selectable-fields.ts';
import { validateSubresources } from './validate-subresources.ts';

/** Source: apiextensions validation.go validateCustomResourceDefinitionSpec, -Version. */
export function validateVersions(versions: readonly DefinitionVersion[]): FieldError[] {
  const names = versions.map(({ name }) => name);
  return [
    ...versions.flatMap(({ schema }, index) =>
      schema?.openAPIV3Schema === undefined
        ? [fieldError.required(`spec.versions[${index}].schema.openAPIV3Schema`)]
        : [],
    ),
    ...versions.flatMap((version, index) => [
      ...nameErrors(version, index),
      ...deprecationErrors(version, `spec.versions[${index}].deprecationWarning`),
      ...validateSelectableFields(version, `spec.versions[${index}].selectableFields`),
    ]),
    ...(new Set(names).size === names.length
      ? []
      : [fieldError.invalid('spec.versions', versions, 'must contain unique version names')]),
    ...(versions.filter(({ storage }) => storage).length === 1
      ? []
      : [
          fieldError.invalid(
            'spec.versions',
            versions,
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...schemaErrors(versions),
    ...placed(versions, 'subresources', 'subresources', (version, path) =>
      validateSubresources(version, path),
    ),
    ...placed(versions, 'additionalPrinterColumns', 'additionalPrinterColumns', (version, path) =>
      validateColumns(version.additionalPrinterColumns ?? [], path),
    ),
  ];
}

function nameErrors({ name = '' }: DefinitionVersion, index: number): FieldError[] {
  const problems = dns1035LabelErrors(name);
  if (problems.length === 0) return [];
  return [fieldError.invalid(`spec.versions[${index}].name`, name, problems.join(','))];
}

function schemaErrors(versions: readonly DefinitionVersion[]): FieldError[] {
  return placed(versions, 'schema', 'validation', ({ schema, subresources }, path) =>
    schema?.openAPIV3Schema === undefined
      ? []
      : validateSchema(schema.openAPIV3Schema, `${path}.openAPIV3Schema`, subresources?.status !== undefined),
  );
}

/**
 * What all versions have alike, Kubernetes moves to the definition before it looks at it: fields are then called by where
 * they have been moved to. Source: apiextensions/v1/conversion.go.
 */
function placed(
  versions: readonly DefinitionVersion[],
  member: 'schema' | 'subresources' | 'additionalPrinterColumns',
  common: string,
  validate: (version: DefinitionVersion, path: string) => FieldError[],
): FieldError[] {
  const [first] = versions;
  if (first === undefined) return [];
  const isCommon = versions.every((version) => isDeepStrictEqual(version[member], first[member]));
  if (isCommon) return validate(first, `spec.${common}`);
  return versions.flatMap((version, index) => validate(version, `spec.versions[${index}].${member}`));
}

function deprecationErrors(version: DefinitionVersion, path: string): FieldError[] {
  const { deprecated = false, deprecationWarning: warning } = version;
  if (warning === undefined) return [];
  const problems = deprecated ? warningProblems(warning) : ['can only be set for deprecated versions'];
  return problems.map((problem) => fieldError.invalid(path, warning, problem));
}

function warningProblems(warning: string): string[] {
  const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
  return [
    ...(Buffer.byteLength(warning) > 256 ? ['must be <= 256 characters long'] : []),
    ...(warning === '' ? ['must not be an empty string'] : []),
    ...(unprintable === null
      ? []
      : [
          `must only contain printable UTF-8 characters; non-printable character found at index ${unprintable.index}`,
        ]),
  ];
}

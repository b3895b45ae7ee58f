import { dns1035LabelErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import type { DefinitionNames } from './definition.ts';

/** The names without which nothing can be served. @param path of the names */
export function requiredNames(names: Partial<DefinitionNames>, path: string): FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const)
    .filter((name) => (names[name] ?? '') === '')
    .map((name) => fieldError.required(`${path}.${name}`));
}

/** Source: apiextensions validation.go ValidateCustomResourceDefinitionNames. */
export function validateNames(names: Partial<DefinitionNames>, path: string): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  return [
    ...labelErrors(`${path}.plural`, plural),
    ...labelErrors(`${path}.singular`, singular),
    ...kindErrors(`${path}.kind`, kind),
    ...kindErrors(`${path}.listKind`, listKind),
    ...shortNames.flatMap((name, index) => labelErrors(`${path}.shortNames[${index}]`, name, true)),
    ...(kind !== '' && kind === listKind
      ? [fieldError.invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same')]
      : []),
    ...categories.flatMap((name, index) => labelErrors(`${path}.categories[${index}]`, name, true)),
  ];
}

function labelErrors(field: string, name: string, isRequired = false): FieldError[] {
  const problems = name === '' && !isRequired ? [] : dns1035LabelErrors(name);
  return problems.length === 0 ? [] : [fieldError.invalid(field, name, problems.join(','))];
}

function kindErrors(field: string, kind: string): FieldError[] {
  const problems = kind === '' ? [] : dns1035LabelErrors(kind.toLowerCase());
  if (problems.length === 0) return [];
  const detail = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
  return [fieldError.invalid(field, kind, detail)];
}

import { type FieldError, fieldError, labelKeyErrors, labelValueErrors } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { labelErrors } from './validate-metadata.ts';

/** A structured label selector; an absent one is no mistake. Source: apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector. */
export function selectorErrors(value: unknown, path: string): FieldError[] {
  if (!isJsonObject(value)) return [];
  return [
    ...labelErrors(value['matchLabels'], `${path}.matchLabels`),
    ...asJsonArray(value['matchExpressions']).flatMap((each, index) =>
      requirementErrors(each, `${path}.matchExpressions[${index}]`),
    ),
  ];
}

/** A requirement of a node selector, which compares numbers, too. Source: ValidateNodeSelectorRequirement. */
export function nodeRequirementErrors(value: unknown, path: string): FieldError[] {
  const { operator, values } = asJsonObject(value);
  if (operator !== 'Gt' && operator !== 'Lt') return requirementErrors(value, path);
  if (asJsonArray(values).length === 1) return keyAndValueErrors(value, path);
  const detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
  return [fieldError.required(`${path}.values`, detail), ...keyAndValueErrors(value, path)];
}

function requirementErrors(value: unknown, path: string): FieldError[] {
  const { operator = '', values } = asJsonObject(value);
  const hasValues = asJsonArray(values).length > 0;
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    const detail = "must be specified when `operator` is 'In' or 'NotIn'";
    if (!hasValues) errors.push(fieldError.required(`${path}.values`, detail));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (hasValues) errors.push(fieldError.forbidden(`${path}.values`, detail));
  } else errors.push(fieldError.invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  return [...errors, ...keyAndValueErrors(value, path)];
}

function keyAndValueErrors(value: unknown, path: string): FieldError[] {
  const { key = '', values } = asJsonObject(value);
  return [
    ...labelKeyErrors(String(key)).map((detail) => fieldError.invalid(`${path}.key`, key, detail)),
    ...asJsonArray(values).flatMap((each, index) =>
      labelValueErrors(String(each)).map((detail) =>
        fieldError.invalid(`${path}.values[${index}]`, each, detail),
      ),
    ),
  ];
}

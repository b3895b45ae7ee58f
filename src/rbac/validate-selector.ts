import {
  type FieldError,
  fieldError,
  type LabelSelector,
  labelKeyErrors,
  labelValueErrors,
} from '../kube/index.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** The errors of a LabelSelector object. Source: apimachinery pkg/apis/meta/v1/validation/validation.go. */
export function validateSelector(selector: LabelSelector, field: string): FieldError[] {
  const labels = Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) => [
    ...invalid(`${field}.matchLabels`, key, labelKeyErrors(key)),
    ...invalid(`${field}.matchLabels`, value, labelValueErrors(value)),
  ]);
  const requirements = (selector.matchExpressions ?? []).flatMap((requirement, index) =>
    validateRequirement(requirement, `${field}.matchExpressions[${index}]`),
  );
  return [...labels, ...requirements];
}

function validateRequirement({ key, operator, values }: Requirement, field: string): FieldError[] {
  return [
    ...validateOperator(operator, values ?? [], field),
    ...invalid(`${field}.key`, key, labelKeyErrors(key)),
    ...(values ?? []).flatMap((value, index) =>
      invalid(`${field}.values[${index}]`, value, labelValueErrors(value)),
    ),
  ];
}

function validateOperator(operator: string, values: readonly string[], field: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const detail = "must be specified when `operator` is 'In' or 'NotIn'";
      return values.length === 0 ? [fieldError.required(`${field}.values`, detail)] : [];
    }
    case 'Exists':
    case 'DoesNotExist': {
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      return values.length > 0 ? [fieldError.forbidden(`${field}.values`, detail)] : [];
    }
    default:
      return invalid(`${field}.operator`, operator, ['not a valid selector operator']);
  }
}

function invalid(field: string, value: string, details: readonly string[]): FieldError[] {
  return details.map((detail) => fieldError.invalid(field, value, detail));
}

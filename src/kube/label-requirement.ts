import { type FieldError, fieldError, fieldErrorsText } from './field-error.ts';
import { parseGoInt64 } from './go-int.ts';
import { labelKeyErrors, labelValueErrors } from './names.ts';
import { SelectorError } from './selector-error.ts';

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** One demand on an object's labels. `exists` and `!` have no values, `in` and `notin` any number, the others one. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted, without duplicates. */
  readonly values: readonly string[];
}

/**
 * Makes a requirement and checks it. Source: Kubernetes apimachinery labels.NewRequirement.
 * @throws SelectorError with every reason against it.
 */
export function labelRequirement(
  key: string,
  operator: LabelOperator,
  given: readonly string[],
): LabelRequirement {
  const values = given.length > 1 ? [...new Set(given)].sort() : given;
  const errors: FieldError[] = [];
  const keyErrors = labelKeyErrors(key);
  if (keyErrors.length > 0) errors.push(fieldError.invalid('key', key, keyErrors.join('; ')));
  const countError = valueCountError(operator, values.length);
  if (countError !== undefined) errors.push(fieldError.invalid('values', values, countError));
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, index) => {
      if (typeof parseGoInt64(value) !== 'string') return;
      const detail = "for 'Gt', 'Lt' operators, the value must be an integer";
      errors.push(fieldError.invalid(`values[${index}]`, value, detail));
    });
  }
  values.forEach((value, index) => {
    const valueErrors = labelValueErrors(value);
    if (valueErrors.length === 0) return;
    errors.push(fieldError.invalid(`values[${index}][${key}]`, value, valueErrors.join('; ')));
  });
  if (errors.length > 0) throw new SelectorError(fieldErrorsText(errors));
  return { key, operator, values };
}

function valueCountError(operator: LabelOperator, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case 'exists':
    case '!':
      return count > 0 ? 'values set must be empty for exists and does not exist' : undefined;
    case 'gt':
    case 'lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
  }
}

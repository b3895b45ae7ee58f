import {
  type FieldError,
  fieldError,
  invalid,
  labelKeyErrors,
  labelValueErrors,
  type SelectorRequirement,
} from '../../kube/index.ts';
import { SELECTORS, type SelectorAttributes, type SelectorName } from './review-selector.ts';
import type { ReviewSpec } from './review-spec.ts';

/**
 * Source: Kubernetes pkg/apis/authorization/validation; the recorded 422s have an empty kind.
 * @param withSubject whether the question must name whom it is about
 * @param ownErrors what the kind itself has against the object
 * @throws StatusError 422
 */
export function validateReviewSpec(
  spec: ReviewSpec,
  withSubject: boolean,
  ownErrors: readonly FieldError[],
): void {
  const errors = [...attributesErrors(spec)];
  if (withSubject && !spec.user && !spec.groups?.length) {
    errors.push(fieldError.invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  for (const name of SELECTORS) {
    const selector = spec.resourceAttributes?.[name];
    if (selector) errors.push(...selectorErrors(name, selector));
  }
  errors.push(...ownErrors);
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors);
}

function attributesErrors({ resourceAttributes: resource, nonResourceAttributes: path }: ReviewSpec) {
  if (resource && path) {
    const value = { Path: path.path ?? '', Verb: path.verb ?? '' };
    const detail = 'cannot be specified in combination with resourceAttributes';
    return [fieldError.invalid('spec.nonResourceAttributes', value, detail)];
  }
  if (resource || path) return [];
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [fieldError.invalid('spec.resourceAttributes', null, detail)];
}

function selectorErrors(name: SelectorName, selector: SelectorAttributes): FieldError[] {
  const path = `spec.resourceAttributes.${name}`;
  const { rawSelector = '', requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    const detail = 'may not specified at the same time as requirements';
    errors.push(fieldError.invalid(`${path}.rawSelector`, rawSelector, detail));
  }
  if (rawSelector === '' && requirements.length === 0) {
    const detail = `when ${path} is specified, requirements or rawSelector is required`;
    errors.push(fieldError.required(`${path}.requirements`, detail));
  }
  const requirementErrors = name === 'fieldSelector' ? fieldRequirementErrors : labelRequirementErrors;
  requirements.forEach((requirement, index) => {
    errors.push(...requirementErrors(requirement, `${path}.requirements[${index}]`));
  });
  return errors;
}

/** Source: Kubernetes apimachinery pkg/apis/meta/v1/validation ValidateFieldSelectorRequirement. */
function fieldRequirementErrors(requirement: SelectorRequirement, path: string): FieldError[] {
  const keyErrors = requirement.key === '' ? [fieldError.required(`${path}.key`, 'must be specified')] : [];
  return [...keyErrors, ...valueCountErrors(requirement, path)];
}

/** Source: Kubernetes apimachinery pkg/apis/meta/v1/validation ValidateLabelSelectorRequirement. */
function labelRequirementErrors(requirement: SelectorRequirement, path: string): FieldError[] {
  const { key, values = [] } = requirement;
  return [
    ...valueCountErrors(requirement, path),
    ...labelKeyErrors(key).map((detail) => fieldError.invalid(`${path}.key`, key, detail)),
    ...values.flatMap((value, index) =>
      labelValueErrors(value).map((detail) => fieldError.invalid(`${path}.values[${index}]`, value, detail)),
    ),
  ];
}

/** An operator that is not known says nothing of the number of its values. */
function valueCountErrors({ operator, values = [] }: SelectorRequirement, path: string): FieldError[] {
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    const detail = "must be specified when `operator` is 'In' or 'NotIn'";
    return [fieldError.required(`${path}.values`, detail)];
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return [fieldError.forbidden(`${path}.values`, detail)];
  }
  return [];
}

import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../schema/index.ts';
import { admissionVariables, type Variables } from '../expressions/admission-variables.ts';
import { compileVariables } from '../policies/policy.ts';
import { conditionErrors, expressionErrors } from './validate-expression.ts';
import { choiceErrors, matchResourcesErrors } from './validate-match.ts';

type Json = Record<string, unknown>;

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

/** What is wrong with the spec of a ValidatingAdmissionPolicy. */
export function policyErrors(spec: Json): FieldError[] {
  const params = spec['paramKind'] !== undefined;
  const listed = (field: string) => asJsonArray(spec[field]).map(asJsonObject);
  const { compiled, types } = compileVariables(listed('variables'), params);
  const seen = { params, variables: types };
  const all = admissionVariables({ ...seen, authorizer: true });
  const plain = admissionVariables({ ...seen, authorizer: false });
  const names = new Set<string>();
  return [
    ...choiceErrors(spec, 'spec', 'failurePolicy', ['Fail', 'Ignore']),
    ...(params ? kindErrors(asJsonObject(spec['paramKind'])) : []),
    ...constraintErrors(spec['matchConstraints']),
    ...conditionErrors(spec, all, 'spec'),
    ...compiled.flatMap(({ name, expression: { source, program } }, index) => {
      const path = `spec.variables[${index}]`;
      const isRepeated = names.has(name);
      names.add(name);
      return [
        ...variableNameErrors(name, isRepeated, `${path}.name`),
        ...(typeof program === 'string' ? [fieldError.invalid(`${path}.expression`, source, program)] : []),
      ];
    }),
    ...(listed('validations').length + listed('auditAnnotations').length === 0
      ? [
          fieldError.required(
            'spec.validations',
            'validations or auditAnnotations must contain at least one item',
          ),
        ]
      : []),
    ...listed('validations').flatMap((each, index) =>
      validationErrors(each, all, plain, `spec.validations[${index}]`),
    ),
    ...listed('auditAnnotations').flatMap(({ key, valueExpression }, index) => {
      const path = `spec.auditAnnotations[${index}]`;
      return [
        ...((asText(key) ?? '') === '' ? [fieldError.required(`${path}.key`)] : []),
        ...expressionErrors(valueExpression, all, ['string', 'null', 'dyn'], `${path}.valueExpression`),
      ];
    }),
  ];
}

function kindErrors({ apiVersion = '', kind = '' }: Json): FieldError[] {
  return [
    ...(apiVersion === '' ? [fieldError.required('spec.paramKind.apiVersion')] : []),
    ...(kind === '' ? [fieldError.required('spec.paramKind.kind')] : []),
  ];
}

function constraintErrors(constraints: unknown): FieldError[] {
  const path = 'spec.matchConstraints';
  if (constraints === undefined) return [fieldError.required(path)];
  const given = asJsonObject(constraints);
  return [
    ...(asJsonArray(given['resourceRules']).length === 0
      ? [fieldError.required(`${path}.resourceRules`)]
      : []),
    ...matchResourcesErrors(given, path),
  ];
}

function variableNameErrors(name: string, isRepeated: boolean, path: string): FieldError[] {
  if (name === '') return [fieldError.required(path)];
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return [fieldError.invalid(path, name, 'must be a valid CEL identifier')];
  }
  return isRepeated ? [fieldError.duplicate(path, name)] : [];
}

function validationErrors(validation: Json, all: Variables, plain: Variables, path: string): FieldError[] {
  const { expression, message, messageExpression } = validation;
  const hasBreaks = (text: unknown) => /[\n\r]/.test((asText(text) ?? '').trim());
  const said = asText(message) ?? '';
  return [
    ...expressionErrors(expression, all, ['bool'], `${path}.expression`),
    ...((asText(messageExpression) ?? '') === ''
      ? []
      : expressionErrors(messageExpression, plain, ['string'], `${path}.messageExpression`)),
    ...(said !== '' && said.trim() === ''
      ? [fieldError.invalid(`${path}.message`, said, 'message must be non-empty if specified')]
      : []),
    ...(hasBreaks(said)
      ? [fieldError.invalid(`${path}.message`, said, 'message must not contain line breaks')]
      : []),
    ...(hasBreaks(expression) && said === ''
      ? [
          fieldError.required(
            `${path}.message`,
            'message must be specified if expression contains line breaks',
          ),
        ]
      : []),
    ...choiceErrors(validation, path, 'reason', reasons),
  ];
}

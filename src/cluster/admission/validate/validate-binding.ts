import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, selectorErrors } from '../../schema/index.ts';
import { choiceErrors, matchResourcesErrors } from './validate-match.ts';

type Json = Record<string, unknown>;

/** What is wrong with the spec of a ValidatingAdmissionPolicyBinding. */
export function bindingErrors(spec: Json): FieldError[] {
  const actions = asJsonArray(spec['validationActions']).map(String);
  const path = 'spec.validationActions';
  const choices = ['Audit', 'Deny', 'Warn'];
  const { paramRef, matchResources } = spec;
  return [
    ...((asText(spec['policyName']) ?? '') === '' ? [fieldError.required('spec.policyName')] : []),
    ...(paramRef === undefined ? [] : paramRefErrors(asJsonObject(paramRef))),
    ...(matchResources === undefined
      ? []
      : matchResourcesErrors(asJsonObject(matchResources), 'spec.matchResources')),
    ...(actions.length === 0 ? [fieldError.required(path)] : []),
    ...actions.flatMap((action, index) => {
      if (!choices.includes(action)) return [fieldError.notSupported(`${path}[${index}]`, action, choices)];
      return actions.indexOf(action) === index ? [] : [fieldError.duplicate(`${path}[${index}]`, action)];
    }),
    ...(actions.includes('Deny') && actions.includes('Warn')
      ? [
          fieldError.invalid(
            path,
            actions,
            'must not contain both Deny and Warn (repeating the same validation failure information in the API ' +
              'response and headers serves no purpose)',
          ),
        ]
      : []),
  ];
}

function paramRefErrors(reference: Json): FieldError[] {
  const path = 'spec.paramRef';
  const { selector, parameterNotFoundAction } = reference;
  const name = asText(reference['name']) ?? '';
  const either = 'one of name or selector must be specified';
  return [
    ...(name === '' && selector === undefined ? [fieldError.required(path, either)] : []),
    ...(name !== '' && selector !== undefined
      ? [fieldError.forbidden(`${path}.name`, 'name and selector are mutually exclusive')]
      : []),
    ...selectorErrors(selector, `${path}.selector`),
    ...(parameterNotFoundAction === undefined
      ? [fieldError.required(`${path}.parameterNotFoundAction`)]
      : choiceErrors(reference, path, 'parameterNotFoundAction', ['Allow', 'Deny'])),
  ];
}

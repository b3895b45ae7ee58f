import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, selectorErrors } from '../../schema/index.ts';

type Json = Record<string, unknown>;

/** A field that says one of a few words, or nothing. */
export function choiceErrors(
  holder: Json,
  path: string,
  field: string,
  choices: readonly string[],
): FieldError[] {
  const value = holder[field];
  if (value === undefined || value === null || choices.includes(String(value))) return [];
  return [fieldError.notSupported(`${path}.${field}`, value, choices)];
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

/** What is wrong with one rule. */
export function ruleErrors(rule: Json, path: string): FieldError[] {
  const listed = (field: string) => asJsonArray(rule[field]).map(String);
  const alone = (field: string, what: string) => wildcardErrors(listed(field), `${path}.${field}`, what);
  return [
    ...alone('operations', 'operations'),
    ...listed('operations').flatMap((operation, index) =>
      operations.includes(operation)
        ? []
        : [fieldError.notSupported(`${path}.operations[${index}]`, operation, operations)],
    ),
    ...alone('apiGroups', 'API groups'),
    ...alone('apiVersions', 'API versions'),
    ...blankErrors(listed('apiVersions'), `${path}.apiVersions`),
    ...blankErrors(listed('resources'), `${path}.resources`),
    ...resourceErrors(listed('resources'), `${path}.resources`),
    ...choiceErrors(rule, path, 'scope', ['*', 'Cluster', 'Namespaced']),
  ];
}

function blankErrors(values: readonly string[], path: string): FieldError[] {
  return values.flatMap((value, index) => (value === '' ? [fieldError.required(`${path}[${index}]`)] : []));
}

function wildcardErrors(values: readonly string[], path: string, what: string): FieldError[] {
  if (values.length === 0) return [fieldError.required(path)];
  if (values.length === 1 || !values.includes('*')) return [];
  return [fieldError.invalid(path, values, `if '*' is present, must not specify other ${what}`)];
}

/** A wildcard must not stand beside what it takes already. */
function resourceErrors(resources: readonly string[], path: string): FieldError[] {
  if (resources.length === 0) return [fieldError.required(path)];
  if (resources.length > 1 && resources.includes('*/*')) {
    return [fieldError.invalid(path, resources, "if '*/*' is present, must not specify other resources")];
  }
  const parts = resources.map((resource) => resource.split('/', 2) as [string, string?]);
  const allOf = new Set(parts.filter(([, sub]) => sub === '*').map(([own]) => own));
  const everywhere = new Set(parts.filter(([own]) => own === '*').map(([, sub = '']) => sub));
  return parts.flatMap(([own, sub = ''], index) => {
    const refuse = (other: string) =>
      fieldError.invalid(
        `${path}[${index}]`,
        resources[index],
        `if '${other}' is present, must not specify ${resources[index]}`,
      );
    if (sub !== '*' && allOf.has(own)) return [refuse(`${own}/*`)];
    if (own !== '*' && everywhere.has(sub)) return [refuse(sub === '' ? '*' : `*/${sub}`)];
    return [];
  });
}

/** What a policy, or a binding, is about. */
export function matchResourcesErrors(resources: Json, path: string): FieldError[] {
  const rules = (field: string) =>
    asJsonArray(resources[field]).flatMap((rule, index) =>
      ruleErrors(asJsonObject(rule), `${path}.${field}[${index}]`),
    );
  return [
    ...choiceErrors(resources, path, 'matchPolicy', ['Equivalent', 'Exact']),
    ...selectorErrors(resources['namespaceSelector'], `${path}.namespaceSelector`),
    ...selectorErrors(resources['objectSelector'], `${path}.objectSelector`),
    ...rules('resourceRules'),
    ...rules('excludeResourceRules'),
  ];
}

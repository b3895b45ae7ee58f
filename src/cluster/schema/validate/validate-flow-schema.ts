import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { all, each, invalidFor, member, type Rule, required } from './rules.ts';

type Json = Record<string, unknown>;

const leastPrecedence = 10_000;
const methods = ['ByNamespace', 'ByUser'];

/** Source: Kubernetes pkg/apis/flowcontrol/validation ValidateFlowSchema. */
export function validateFlowSchema(schema: KubeObject): FieldError[] {
  const spec = asJsonObject(schema['spec']);
  return flowSchemaSpec(schema.metadata.name ?? '')(spec, 'spec');
}

function flowSchemaSpec(name: string): Rule {
  return all(
    (spec, path) => precedenceErrors(spec, name, path),
    member('distinguisherMethod', ({ type = '' }, path) =>
      methods.includes(String(type))
        ? []
        : [fieldError.notSupported(`${path}.type`, { Type: type }, methods)],
    ),
    ({ priorityLevelConfiguration }, path) => {
      const place = `${path}.priorityLevelConfiguration.name`;
      const level = asText(asJsonObject(priorityLevelConfiguration)['name']);
      return level === undefined
        ? [fieldError.required(place, 'must reference a priority level')]
        : invalidFor(level, place, dns1123SubdomainErrors);
    },
    each('rules', policyRule),
  );
}

function precedenceErrors({ matchingPrecedence: value }: Json, name: string, path: string): FieldError[] {
  const place = `${path}.matchingPrecedence`;
  const number = Number(value ?? 0);
  const errors: FieldError[] = [];
  if (number === 1 && name !== 'exempt')
    errors.push(
      fieldError.invalid(place, value, "only the schema named 'exempt' may have matchingPrecedence 1"),
    );
  if (number <= 0) errors.push(fieldError.invalid(place, value ?? 0, 'must be a positive value'));
  if (number > leastPrecedence)
    errors.push(fieldError.invalid(place, value, `must not be greater than ${leastPrecedence}`));
  return errors;
}

function policyRule(rule: Json, path: string): FieldError[] {
  const [resource, other] = ['resourceRules', 'nonResourceRules'].map((list) => asJsonArray(rule[list]));
  const errors =
    asJsonArray(rule['subjects']).length > 0
      ? each('subjects', subject)(rule, path)
      : [fieldError.required(`${path}.subjects`, 'subjects must contain at least one value')];
  if (resource?.length === 0 && other?.length === 0)
    errors.push(
      fieldError.required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'),
    );
  return [
    ...errors,
    ...each('resourceRules', resourceRule)(rule, path),
    ...each('nonResourceRules', nonResourceRule)(rule, path),
  ];
}

const subjectFields: Readonly<Record<string, string>> = {
  ServiceAccount: 'serviceAccount',
  User: 'user',
  Group: 'group',
};

function subject(given: Json, path: string): FieldError[] {
  const kind = String(given['kind'] ?? '');
  const own = subjectFields[kind];
  if (own === undefined)
    return [fieldError.notSupported(`${path}.kind`, kind, Object.keys(subjectFields).toSorted())];
  const errors =
    given[own] === undefined
      ? [fieldError.required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`)]
      : (subjectRules[own]?.(asJsonObject(given[own]), `${path}.${own}`) ?? []);
  const others = ['user', 'group', 'serviceAccount'].filter(
    (field) => field !== own && given[field] !== undefined,
  );
  return [
    ...errors,
    ...others.map((field) =>
      fieldError.forbidden(
        `${path}.${field}`,
        `${field} is forbidden when subject kind is not '${kindOf(field)}'`,
      ),
    ),
  ];
}

function kindOf(field: string): string {
  return Object.entries(subjectFields).find(([, each]) => each === field)?.[0] ?? field;
}

const subjectRules: Readonly<Record<string, Rule>> = {
  user: required('name'),
  group: required('name'),
  serviceAccount: all(
    ({ name }, path) => {
      if (asText(name) === undefined) return [fieldError.required(`${path}.name`)];
      return name === '*' ? [] : invalidFor(name, `${path}.name`, dns1123SubdomainErrors);
    },
    ({ namespace }, path) =>
      asText(namespace) === undefined
        ? [fieldError.required(`${path}.namespace`, 'must specify namespace for service account')]
        : invalidFor(namespace, `${path}.namespace`, dns1123LabelErrors),
  ),
};

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

/** Some, and `*` by itself: it is everything. @param others what may not stand beside it */
function listed(field: string, detail: string, others: string): Rule {
  return (rule, path) => {
    const values = asJsonArray(rule[field]);
    const place = `${path}.${field}`;
    if (values.length === 0) return [fieldError.required(place, detail)];
    if (!values.includes('*') || values.length === 1) return [];
    return [fieldError.invalid(place, values, `if '*' is present, must not specify other ${others}`)];
  };
}

const verbRule: Rule = all(
  listed('verbs', 'verbs must contain at least one value', 'verbs'),
  (rule, path) => {
    const values = asJsonArray(rule['verbs']);
    const isKnown = values.every((verb) => verb === '*' || verbs.includes(String(verb)));
    return isKnown ? [] : [fieldError.notSupported(`${path}.verbs`, values, verbs)];
  },
);

const resourceRule: Rule = all(
  verbRule,
  listed('apiGroups', 'resource rules must supply at least one api group', 'api groups'),
  listed('resources', 'resource rules must supply at least one resource', 'resources'),
  (rule, path) => {
    const namespaces = asJsonArray(rule['namespaces']);
    const place = `${path}.namespaces`;
    if (namespaces.length === 0 && rule['clusterScope'] !== true) {
      const detail = 'resource rules that are not cluster scoped must supply at least one namespace';
      return [fieldError.required(place, detail)];
    }
    if (namespaces.includes('*'))
      return namespaces.length === 1
        ? []
        : [fieldError.invalid(place, namespaces, "if '*' is present, must not specify other namespaces")];
    return namespaces.flatMap((name, index) =>
      dns1123LabelErrors(String(name)).map((detail) =>
        fieldError.invalid(
          `${place}[${index}]`,
          name,
          `each member of this list must be '*' or a DNS-1123 label; ${detail}`,
        ),
      ),
    );
  },
);

const nonResourceRule: Rule = all(
  verbRule,
  listed('nonResourceURLs', 'nonResourceURLs must contain at least one value', 'non-resource URLs'),
  (rule, path) => {
    const urls = asJsonArray(rule['nonResourceURLs']);
    return urls.includes('*')
      ? []
      : urls.flatMap((url, index) =>
          invalidFor(url, `${path}.nonResourceURLs[${index}]`, (text) => urlProblems(text)),
        );
  },
);

function urlProblems(url: string): readonly string[] {
  if (url === '') return ['must not be empty'];
  if (url === '/') return [];
  if (!url.startsWith('/')) return ['must start with slash'];
  if (url.includes(' ')) return ['must not contain white-space'];
  if (url.includes('//')) return ['must not contain double slash'];
  const wildcard = url.indexOf('*');
  if (wildcard >= 0 && wildcard !== url.length - 1) return ['wildcard can only do suffix matching'];
  return wildcard < 0 || url.endsWith('/*') ? [] : ['wildcard can only do suffix matching'];
}

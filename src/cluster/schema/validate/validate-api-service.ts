import {
  dns1035LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject, isJsonObject } from '../json-object.ts';
import { all, alwaysFormed, formed, isAbsent, type Rule, required, within } from './rules.ts';

/** Source: kube-aggregator/pkg/apis/apiregistration/validation ValidateAPIService. */
export function validateApiService(service: KubeObject): FieldError[] {
  const spec = asJsonObject(service['spec']);
  const { group = '', version = '' } = spec as { group?: string; version?: string };
  const wanted = `${version}.${group}`;
  const errors: FieldError[] = [];
  if (service.metadata.name !== wanted) {
    const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(fieldError.invalid('metadata.name', service.metadata.name, detail));
  }
  return [...errors, ...apiServiceSpec(spec, 'spec')];
}

/** How the group is ranked among others. */
function rank(field: string, most: number): Rule {
  return ({ [field]: value }, path) => {
    const number = Number(value ?? 0);
    const detail = `must be positive and less than ${most}`;
    return number > 0 && number <= most ? [] : [fieldError.invalid(`${path}.${field}`, number, detail)];
  };
}

const server: Rule = all(
  required('namespace'),
  required('name'),
  within('port', 1, 65_535, 'port is not valid: must be between 1 and 65535, inclusive'),
);

/** One that the API server answers for itself is not reached over TLS. */
const reached: Rule = ({ service, insecureSkipTLSVerify, caBundle }, path) => {
  const place = `${path}.insecureSkipTLSVerify`;
  if (isJsonObject(service)) {
    const errors = server(service, `${path}.service`);
    return insecureSkipTLSVerify === true && !isAbsent(caBundle)
      ? [...errors, fieldError.invalid(place, true, 'may not be true if caBundle is present')]
      : errors;
  }
  return insecureSkipTLSVerify === true
    ? [fieldError.invalid(place, true, 'local APIServices may not have insecureSkipTLSVerify')]
    : [];
};

const apiServiceSpec: Rule = all(
  ({ group = '', version }, path) =>
    group === '' && version !== 'v1'
      ? [fieldError.required(`${path}.group`, 'only v1 may have an empty group and it better be legacy kube')]
      : [],
  formed('group', dns1123SubdomainErrors),
  alwaysFormed('version', dns1035LabelErrors),
  rank('groupPriorityMinimum', 20_000),
  rank('versionPriority', 1000),
  reached,
);

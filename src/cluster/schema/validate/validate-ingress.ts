import { isIP } from 'node:net';
import {
  dns1035LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  pathSegmentNameErrors,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { all, formed, givenFormed, isAbsent, required } from './rules.ts';
import { portErrors, portNameErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/networking/validation ValidateIngressSpec. */
export function validateIngress(spec: Json): FieldError[] {
  const rules = asJsonArray(spec['rules']);
  const { defaultBackend } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    const detail = 'either `defaultBackend` or `rules` must be specified';
    errors.push(fieldError.invalid('spec', spec['rules'] ?? null, detail));
  }
  if (defaultBackend !== undefined)
    errors.push(...backendErrors(asJsonObject(defaultBackend), 'spec.defaultBackend'));
  return [
    ...errors,
    ...rules.flatMap((rule, index) => ruleErrors(asJsonObject(rule), `spec.rules[${index}]`)),
    ...asJsonArray(spec['tls']).flatMap((tls, index) => tlsErrors(asJsonObject(tls), `spec.tls[${index}]`)),
    ...givenFormed('ingressClassName', dns1123SubdomainErrors)(spec, 'spec'),
  ];
}

function ruleErrors(rule: Json, path: string): FieldError[] {
  const host = asText(rule['host']);
  const errors = host === undefined ? [] : hostErrors(host, `${path}.host`);
  if (host !== undefined && isIP(host) !== 0)
    errors.unshift(fieldError.invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
  if (rule['http'] === undefined) return errors;
  const paths = asJsonArray(asJsonObject(rule['http'])['paths']);
  const at = `${path}.http.paths`;
  if (paths.length === 0) return [...errors, fieldError.required(at)];
  return [...errors, ...paths.flatMap((each, index) => pathErrors(asJsonObject(each), `${at}[${index}]`))];
}

const wildcardPattern = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const wildcardRule =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, " +
  `'-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '${wildcardPattern}')`;

function hostErrors(host: string, path: string): FieldError[] {
  const details = host.includes('*') ? wildcardErrors(host) : dns1123SubdomainErrors(host);
  return details.map((detail) => fieldError.invalid(path, host, detail));
}

function wildcardErrors(host: string): string[] {
  const isLong = host.length > 253 ? ['must be no more than 253 characters'] : [];
  const isWildcard = host.startsWith('*.') && dns1123SubdomainErrors(host.slice(2)).length === 0;
  return isWildcard ? isLong : [...isLong, wildcardRule];
}

const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const badSuffixes = ['/..', '/.'];

function pathErrors(rule: Json, path: string): FieldError[] {
  const { pathType } = rule;
  if (isAbsent(pathType)) return [fieldError.required(`${path}.pathType`, 'pathType must be specified')];
  if (!pathTypes.includes(String(pathType)))
    return [fieldError.notSupported(`${path}.pathType`, pathType, pathTypes)];
  const text = asText(rule['path']) ?? '';
  const at = `${path}.path`;
  const isExactOrPrefix = rule['pathType'] === 'Exact' || rule['pathType'] === 'Prefix';
  const errors: FieldError[] = [];
  if (!text.startsWith('/') && (isExactOrPrefix || text !== ''))
    errors.push(fieldError.invalid(at, text, 'must be an absolute path'));
  if (isExactOrPrefix) {
    for (const sequence of badSequences.filter((each) => text.includes(each)))
      errors.push(fieldError.invalid(at, text, `must not contain '${sequence}'`));
    for (const suffix of badSuffixes.filter((each) => text.endsWith(each)))
      errors.push(fieldError.invalid(at, text, `cannot end with '${suffix}'`));
  }
  return [...errors, ...backendErrors(asJsonObject(rule['backend']), `${path}.backend`)];
}

function backendErrors({ service, resource }: Json, path: string): FieldError[] {
  if (service !== undefined && resource !== undefined)
    return [fieldError.invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return referenceErrors(asJsonObject(resource), `${path}.resource`);
  if (service === undefined) return [fieldError.invalid(path, '', 'resource or service backend is required')];
  const { name, port } = asJsonObject(service);
  const { name: portName = '', number = 0 } = asJsonObject(port);
  const errors = all(required('name'), formed('name', dns1035LabelErrors))({ name }, `${path}.service`);
  if (portName !== '' && number !== 0)
    return [...errors, fieldError.invalid(path, '', 'cannot set both port name & port number')];
  if (portName !== '') return [...errors, ...portNameErrors(String(portName), `${path}.service.port.name`)];
  if (number !== 0) return [...errors, ...portErrors(number, `${path}.service.port.number`)];
  return [...errors, fieldError.required(path, 'port name or number is required')];
}

/** Something of this namespace that is no service. Source: validateIngressTypedLocalObjectReference. */
const referenceErrors = all(
  givenFormed('apiGroup', dns1123SubdomainErrors),
  required('kind'),
  formed('kind', pathSegmentNameErrors),
  required('name'),
  formed('name', pathSegmentNameErrors),
);

function tlsErrors({ hosts, secretName }: Json, path: string): FieldError[] {
  const name = asText(secretName);
  return [
    ...asJsonArray(hosts).flatMap((host, index) => hostErrors(String(host), `${path}.hosts[${index}]`)),
    ...(name === undefined ? [] : dns1123SubdomainErrors(name)).map((detail) =>
      fieldError.invalid(`${path}.secretName`, name, detail),
    ),
  ];
}

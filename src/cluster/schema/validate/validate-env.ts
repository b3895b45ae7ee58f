import { dns1123SubdomainErrors, type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { keyDetails } from './validate-data.ts';

type Json = Record<string, unknown>;

/** A container's variables, one by one. Source: Kubernetes pkg/apis/core/validation ValidateEnv. */
export function envErrors(variables: unknown, path: string): FieldError[] {
  return asJsonArray(variables).flatMap((each, index) => {
    const variable = asJsonObject(each);
    const at = `${path}[${index}]`;
    const name = asText(variable['name']);
    return [
      ...(name === undefined ? [fieldError.required(`${at}.name`)] : variableNameErrors(name, `${at}.name`)),
      ...(isJsonObject(variable['valueFrom'])
        ? valueFromErrors(variable, variable['valueFrom'], `${at}.valueFrom`)
        : []),
    ];
  });
}

/** A container's variables of whole objects. Source: ValidateEnvFrom. */
export function envFromErrors(sources: unknown, path: string): FieldError[] {
  return asJsonArray(sources).flatMap((each, index) => {
    const source = asJsonObject(each);
    const at = `${path}[${index}]`;
    const prefix = asText(source['prefix']);
    const refs = ['configMapRef', 'secretRef'].filter((field) => source[field] !== undefined);
    return [
      ...(prefix === undefined ? [] : variableNameErrors(prefix, `${at}.prefix`)),
      ...refs.flatMap((field) => objectNameErrors(source[field], `${at}.${field}`)),
      // The whole list's path, as Kubernetes has it.
      ...(refs.length === 0
        ? [fieldError.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')]
        : []),
      ...(refs.length > 1
        ? [fieldError.invalid(path, '', 'may not have more than one field specified at a time')]
        : []),
    ];
  });
}

function variableNameErrors(name: string, path: string): FieldError[] {
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(name)) return [];
  const detail =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return [fieldError.invalid(path, name, detail)];
}

const sourceRules: Readonly<Record<string, (source: Json, path: string) => FieldError[]>> = {
  fieldRef: (source, path) => fieldRefErrors(source, path, fieldPaths),
  resourceFieldRef: (source, path) => resourceFieldErrors(source, path),
  configMapKeyRef: keyRefErrors,
  secretKeyRef: keyRefErrors,
};

function valueFromErrors(variable: Json, valueFrom: Json, path: string): FieldError[] {
  const sources = Object.keys(valueFrom);
  const errors = sources.flatMap(
    (source) => sourceRules[source]?.(asJsonObject(valueFrom[source]), `${path}.${source}`) ?? [],
  );
  if (sources.length === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    return [fieldError.invalid(path, '', detail)];
  }
  if (asText(variable['value']) !== undefined)
    return [...errors, fieldError.invalid(path, '', 'may not be specified when `value` is not empty')];
  if (sources.length === 1) return errors;
  return [...errors, fieldError.invalid(path, '', 'may not have more than one field specified at a time')];
}

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** Fields that pods have and show in files only, or not at all. Source: pkg/apis/core/pods/helpers.go. */
const convertible: ReadonlySet<string> = new Set([
  ...fieldPaths,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.host',
]);

/** A field of the pod. Source: validateObjectFieldSelector. */
export function fieldRefErrors(source: Json, path: string, allowed: readonly string[]): FieldError[] {
  const fieldPath = asText(source['fieldPath']);
  const { apiVersion = 'v1' } = source;
  if (fieldPath === undefined) return [fieldError.required(`${path}.fieldPath`)];
  if (apiVersion !== 'v1') {
    const detail = `error converting fieldPath: unsupported pod version: ${String(apiVersion)}`;
    return [fieldError.invalid(`${path}.fieldPath`, fieldPath, detail)];
  }
  const [, field = '', subscript] = /^(metadata\.\w+)\['(.*)'\]$/s.exec(fieldPath) ?? [];
  if (subscript !== undefined && (field === 'metadata.annotations' || field === 'metadata.labels')) {
    const key = field === 'metadata.annotations' ? subscript.toLowerCase() : subscript;
    return labelKeyErrors(key).map((detail) => fieldError.invalid(path, key, detail));
  }
  if (subscript !== undefined || !convertible.has(fieldPath)) {
    const detail = `error converting fieldPath: field label not supported: ${fieldPath}`;
    return [fieldError.invalid(`${path}.fieldPath`, fieldPath, detail)];
  }
  if (allowed.includes(fieldPath)) return [];
  return [fieldError.notSupported(`${path}.fieldPath`, fieldPath, allowed)];
}

const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

/** A resource of a container. @param inFile where it must say which container. Source: validateContainerResourceFieldSelector. */
export function resourceFieldErrors(source: Json, path: string, inFile = false): FieldError[] {
  const resource = asText(source['resource']);
  if (inFile && asText(source['containerName']) === undefined)
    return [fieldError.required(`${path}.containerName`), ...divisorErrors(source, path)];
  if (resource === undefined) return [fieldError.required(`${path}.resource`)];
  if (/^(?:limits|requests)\.hugepages-/.test(resource) || containerResources.includes(resource))
    return divisorErrors(source, path);
  return [fieldError.notSupported(`${path}.resource`, resource, containerResources)];
}

const bytes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const divisors: Readonly<Record<string, readonly [readonly string[], string]>> = {
  cpu: [['1m', '1'], `only divisor's values 1m and 1 are supported with the cpu resource`],
  memory: [bytes, `only divisor's values ${bytes.join(', ')} are supported with the memory resource`],
  'ephemeral-storage': [
    bytes,
    `only divisor's values ${bytes.join(', ')} are supported with the local ephemeral storage resource`,
  ],
};

/** Source: validateContainerResourceDivisor. */
function divisorErrors({ resource, divisor = '0' }: Json, path: string): FieldError[] {
  const [allowed, detail] = divisors[String(resource).replace(/^\w+\./, '')] ?? [];
  if (divisor === '0' || allowed === undefined || allowed.includes(String(divisor))) return [];
  return [fieldError.invalid(`${path}.divisor`, resource, detail ?? '')];
}

function keyRefErrors(source: Json, path: string): FieldError[] {
  const name = String(source['name'] ?? '');
  const key = asText(source['key']);
  return [
    ...dns1123SubdomainErrors(name).map((detail) => fieldError.invalid(`${path}.name`, name, detail)),
    ...(key === undefined ? [fieldError.required(`${path}.key`)] : []),
    ...(key === undefined ? [] : keyDetails(key)).map((detail) =>
      fieldError.invalid(`${path}.key`, key, detail),
    ),
  ];
}

function objectNameErrors(source: unknown, path: string): FieldError[] {
  const name = asText(asJsonObject(source)['name']);
  if (name === undefined) return [fieldError.required(`${path}.name`)];
  return dns1123SubdomainErrors(name).map((detail) => fieldError.invalid(`${path}.name`, name, detail));
}

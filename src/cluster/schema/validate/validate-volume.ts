import { dns1123LabelErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { fieldRefErrors, resourceFieldErrors } from './validate-env.ts';
import { relativePathErrors } from './validate-path.ts';

type Json = Record<string, unknown>;

/** A pod's volumes by name, without those that are wrong. */
export type Volumes = ReadonlyMap<string, Json>;

/** Source: Kubernetes pkg/apis/core/validation ValidateVolumes. */
export function volumesErrors(
  value: unknown,
  path: string,
): { readonly errors: FieldError[]; readonly volumes: Volumes } {
  const volumes = new Map<string, Json>();
  const errors = asJsonArray(value).flatMap((each, index) => {
    const volume = asJsonObject(each);
    const name = asText(volume['name']);
    const found = volumeErrors(volume, `${path}[${index}]`);
    if (name !== undefined && volumes.has(name))
      found.push(fieldError.duplicate(`${path}[${index}].name`, name));
    if (name !== undefined && found.length === 0) volumes.set(name, volume);
    return found;
  });
  return { errors, volumes };
}

function volumeErrors(volume: Json, path: string): FieldError[] {
  const [source = '', ...more] = Object.keys(volume).filter((field) => field !== 'name');
  const name = asText(volume['name']);
  return [
    ...(sourceRules[source]?.(asJsonObject(volume[source]), `${path}.${source}`) ?? []),
    ...more.map((each) => fieldError.forbidden(`${path}.${each}`, 'may not specify more than 1 volume type')),
    // An absent one is reported by the schema.
    ...(name === undefined ? [] : dns1123LabelErrors(name)).map((detail) =>
      fieldError.invalid(`${path}.name`, name, detail),
    ),
  ];
}

/** The rules of volumes that are more than required fields, which the schema knows. */
const sourceRules: Readonly<Record<string, (source: Json, path: string) => FieldError[]>> = {
  hostPath: (source, path) => backstepErrors(source['path'], `${path}.path`),
  secret: (source, path) => [...named(source, 'secretName', path), ...filesErrors(source, path)],
  configMap: (source, path) => [...named(source, 'name', path), ...filesErrors(source, path)],
  downwardAPI: (source, path) => [
    ...modeErrors(source, 'defaultMode', path),
    ...downwardErrors(source, path),
  ],
  projected: projectedErrors,
};

function named(source: Json, field: string, path: string): FieldError[] {
  return asText(source[field]) === undefined ? [fieldError.required(`${path}.${field}`)] : [];
}

function backstepErrors(value: unknown, path: string): FieldError[] {
  const isBack = String(value).split('/').includes('..');
  return isBack ? [fieldError.invalid(path, value, "must not contain '..'")] : [];
}

function filesErrors(source: Json, path: string): FieldError[] {
  return [
    ...modeErrors(source, 'defaultMode', path),
    ...asJsonArray(source['items']).flatMap((each, index) => {
      const item = asJsonObject(each);
      const at = `${path}.items[${index}]`;
      return [...fileNameErrors(item['path'], `${at}.path`), ...modeErrors(item, 'mode', at)];
    }),
  ];
}

function modeErrors(source: Json, field: string, path: string): FieldError[] {
  const mode = source[field];
  if (typeof mode !== 'number' || (mode >= 0 && mode <= 0o777)) return [];
  const detail = 'must be a number between 0 and 0777 (octal), both inclusive';
  return [fieldError.invalid(`${path}.${field}`, mode, detail)];
}

/** A file in a volume: below its root, and not where the kubelet keeps what it swaps. */
function fileNameErrors(value: unknown, path: string): FieldError[] {
  const text = asText(value);
  if (text === undefined) return [];
  const errors = relativePathErrors(text, path);
  return text.startsWith('..') && !text.startsWith('../')
    ? [...errors, fieldError.invalid(path, text, "must not start with '..'")]
    : errors;
}

const filePaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

function downwardErrors(source: Json, path: string): FieldError[] {
  return asJsonArray(source['items']).flatMap((each, index) => {
    const { path: file, fieldRef, resourceFieldRef, ...item } = asJsonObject(each);
    const at = `${path}.items[${index}]`;
    const errors = [...fileNameErrors(file, `${at}.path`), ...modeErrors(item, 'mode', at)];
    if (fieldRef !== undefined)
      errors.push(...fieldRefErrors(asJsonObject(fieldRef), `${at}.fieldRef`, filePaths));
    if (resourceFieldRef !== undefined)
      errors.push(...resourceFieldErrors(asJsonObject(resourceFieldRef), `${at}.resourceFieldRef`));
    if (fieldRef !== undefined && resourceFieldRef !== undefined) {
      const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(fieldError.invalid(at, 'resource', detail));
    }
    if (fieldRef === undefined && resourceFieldRef === undefined)
      errors.push(fieldError.required(at, 'one of fieldRef and resourceFieldRef is required'));
    return errors;
  });
}

const fewestTokenSeconds = 600;

function projectedErrors(projected: Json, path: string): FieldError[] {
  const errors = modeErrors(projected, 'defaultMode', path);
  for (const [index, each] of asJsonArray(projected['sources']).map(asJsonObject).entries()) {
    const at = `${path}.sources[${index}]`;
    const [kind = '', ...more] = Object.keys(each);
    const source = asJsonObject(each[kind]);
    for (const other of more) {
      const detail = 'may not specify more than 1 volume type per source';
      errors.push(fieldError.forbidden(`${at}.${other}`, detail));
    }
    if (kind === 'secret' || kind === 'configMap')
      errors.push(...named(source, 'name', `${at}.${kind}`), ...filesErrors(source, `${at}.${kind}`));
    if (kind === 'downwardAPI') errors.push(...downwardErrors(source, `${at}.${kind}`));
    const seconds = source['expirationSeconds'];
    if (kind === 'serviceAccountToken' && typeof seconds === 'number' && seconds < fewestTokenSeconds) {
      const detail = 'may not specify a duration less than 10 minutes';
      errors.push(fieldError.invalid(`${at}.${kind}.expirationSeconds`, seconds, detail));
    }
  }
  return errors;
}

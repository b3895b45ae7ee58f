import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { all, invalidFor, type Rule, required } from './rules.ts';
import { claimSpec } from './storage/validate-claim.ts';
import { driverName, volumeSources } from './storage/volume-source.ts';
import { fieldRefErrors, resourceFieldErrors } from './validate-env.ts';
import { annotationErrors, labelErrors } from './validate-metadata.ts';
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
    ...(name === undefined
      ? [fieldError.required(`${path}.name`)]
      : invalidFor(name, `${path}.name`, dns1123LabelErrors)),
  ];
}

/** Sources that a pod has, and how else a persistent volume's are judged. Source: validateVolumeSource. */
const sourceRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(volumeSources),
  emptyDir: ({ sizeLimit }, path) =>
    sizeLimit !== undefined && compareQuantities(String(sizeLimit), '0') < 0
      ? [fieldError.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  gitRepo: required('repository'),
  secret: (source, path) => [...named(source, 'secretName', path), ...filesErrors(source, path)],
  configMap: (source, path) => [...named(source, 'name', path), ...filesErrors(source, path)],
  persistentVolumeClaim: required('claimName'),
  csi: all(driverName('driver'), publishSecret),
  ephemeral: ephemeralErrors,
  downwardAPI: (source, path) => [
    ...modeErrors(source, 'defaultMode', path),
    ...downwardErrors(source, path),
  ],
  projected: projectedErrors,
  iscsi: (source, path) => withoutSecrets('iscsi')(source, path),
  cinder: required('volumeID'),
  storageos: () => [],
};

function withoutSecrets(kind: string): Rule {
  return ({ secretRef: _, ...source }, path) => volumeSources.get(kind)?.(source, path) ?? [];
}

function publishSecret({ nodePublishSecretRef: secret }: Json, path: string): FieldError[] {
  if (secret === undefined) return [];
  const name = asText(asJsonObject(secret)['name']);
  return name === undefined
    ? [fieldError.required(`${path}.nodePublishSecretRef.name`)]
    : invalidFor(name, `${path}.name`, dns1123SubdomainErrors);
}

function ephemeralErrors({ volumeClaimTemplate: template }: Json, path: string): FieldError[] {
  const at = `${path}.volumeClaimTemplate`;
  if (!isJsonObject(template)) return [fieldError.required(at)];
  const { annotations, labels } = asJsonObject(template['metadata']);
  return [
    ...annotationErrors(annotations, `${at}.annotations`),
    ...labelErrors(labels, `${at}.labels`),
    ...claimSpec(asJsonObject(template['spec']), `${at}.spec`),
  ];
}

function named(source: Json, field: string, path: string): FieldError[] {
  return asText(source[field]) === undefined ? [fieldError.required(`${path}.${field}`)] : [];
}

function filesErrors(source: Json, path: string): FieldError[] {
  return [
    ...modeErrors(source, 'defaultMode', path),
    ...asJsonArray(source['items']).flatMap((each, index) => {
      const item = asJsonObject(each);
      const at = `${path}.items[${index}]`;
      return [
        ...all(required('key'), required('path'))(item, at),
        ...fileNameErrors(item['path'], `${at}.path`),
        ...modeErrors(item, 'mode', at),
      ];
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

/** Kubernetes says of all items where the list is. Source: validateDownwardAPIVolumeFile. */
function downwardErrors(source: Json, path: string): FieldError[] {
  return asJsonArray(source['items']).flatMap((each) => {
    const { path: file, fieldRef, resourceFieldRef, ...item } = asJsonObject(each);
    const errors = [...required('path')({ path: file }, path), ...fileNameErrors(file, `${path}.path`)];
    if (fieldRef !== undefined)
      errors.push(...fieldRefErrors(asJsonObject(fieldRef), `${path}.fieldRef`, filePaths));
    if (fieldRef !== undefined && resourceFieldRef !== undefined) {
      const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(fieldError.invalid(path, 'resource', detail));
    } else if (resourceFieldRef !== undefined)
      errors.push(...resourceFieldErrors(asJsonObject(resourceFieldRef), `${path}.resourceFieldRef`, true));
    if (fieldRef === undefined && resourceFieldRef === undefined)
      errors.push(fieldError.required(path, 'one of fieldRef and resourceFieldRef is required'));
    return [...errors, ...modeErrors(item, 'mode', path)];
  });
}

const fewestTokenSeconds = 600;

/** Source: validateProjectionSources. */
function projectedErrors(projected: Json, path: string): FieldError[] {
  const errors = modeErrors(projected, 'defaultMode', path);
  const paths = new Set<string>();
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
    if (kind === 'serviceAccountToken') errors.push(...tokenErrors(source, path, `${at}.${kind}`));
    const files = kind === 'serviceAccountToken' ? [source] : asJsonArray(source['items']).map(asJsonObject);
    for (const file of files.map((item) => asText(item['path'])).filter((name) => name !== undefined)) {
      if (paths.has(file)) {
        const shown = kind === 'downwardAPI' || kind === 'serviceAccountToken' ? file : source['name'];
        errors.push(fieldError.invalid(path, shown, 'conflicting duplicate paths'));
      }
      paths.add(file);
    }
  }
  return errors;
}

/** @param path of the volume, which Kubernetes says the file's name is wrong in */
function tokenErrors(source: Json, path: string, place: string): FieldError[] {
  const { expirationSeconds: seconds } = source;
  const errors = [...required('path')(source, path), ...fileNameErrors(source['path'], `${path}.path`)];
  if (typeof seconds !== 'number') return errors;
  const detail =
    seconds < fewestTokenSeconds
      ? 'may not specify a duration less than 10 minutes'
      : 'may not specify a duration larger than 2^32 seconds';
  if (seconds >= fewestTokenSeconds && seconds <= 2 ** 32) return errors;
  return [fieldError.invalid(`${place}.expirationSeconds`, seconds, detail), ...errors];
}

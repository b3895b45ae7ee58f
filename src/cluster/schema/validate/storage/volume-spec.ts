import {
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
} from '../../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../json-object.ts';
import { compareQuantities } from '../../quantity.ts';
import { all, formed, invalidFor, member, oneOf, type Rule } from '../rules.ts';
import { nodeTermErrors } from '../validate-scheduling.ts';
import { volumeSources } from './volume-source.ts';

type Json = Record<string, unknown>;

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** How a volume may be mounted. @param detail told of an empty list */
export const accessModes =
  (detail: string): Rule =>
  (spec, path) => {
    const place = `${path}.accessModes`;
    const wanted = asJsonArray(spec['accessModes']);
    if (wanted.length === 0) return [fieldError.required(place, detail)];
    const errors = wanted
      .filter((mode) => !modes.includes(String(mode)))
      .map((mode) => fieldError.notSupported(place, mode, modes));
    const known = new Set(wanted.filter((mode) => modes.includes(String(mode))));
    if (!known.has('ReadWriteOncePod') || known.size === 1) return errors;
    return [...errors, fieldError.forbidden(place, 'may not use ReadWriteOncePod with other access modes')];
  };

/** More than nothing. */
export function sizeErrors(size: unknown, path: string): FieldError[] {
  const text = String(size ?? '0');
  if (compareQuantities(text, '0') > 0) return [];
  return [fieldError.invalid(path, text, 'must be greater than zero')];
}

/** Amounts by name, each of them nothing or more. Source: ValidateBasicResource. */
export function amountErrors(amounts: unknown, path: string): FieldError[] {
  return Object.entries(asJsonObject(amounts)).flatMap(([name, amount]) =>
    compareQuantities(String(amount), '0') < 0
      ? [fieldError.invalid(`${path}[${name}]`, Number(amount), 'must be a valid resource quantity')]
      : [],
  );
}

export const volumeMode: Rule = oneOf('volumeMode', ['Block', 'Filesystem']);

const capacity: Rule = (spec, path) => {
  const amounts = spec['capacity'];
  const names = Object.keys(asJsonObject(amounts));
  const place = `${path}.capacity`;
  const errors = names.length === 0 ? [fieldError.required(place)] : [];
  if (!names.includes('storage') || names.length > 1)
    errors.push(fieldError.notSupported(place, sortedOrNull(amounts), ['storage']));
  return [
    ...errors,
    ...names.flatMap((name) => [
      ...amountErrors({ [name]: asJsonObject(amounts)[name] }, place),
      ...sizeErrors(asJsonObject(amounts)[name], `${place}[${name}]`),
    ]),
  ];
};

function sortedOrNull(amounts: unknown): unknown {
  if (amounts === undefined) return null;
  return Object.fromEntries(Object.entries(asJsonObject(amounts)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const nodeAffinity: Rule = ({ required }, path) => {
  const place = `${path}.required`;
  if (required === undefined) return [fieldError.required(place, 'must specify required node constraints')];
  const terms = asJsonArray(asJsonObject(required)['nodeSelectorTerms']);
  const at = `${place}.nodeSelectorTerms`;
  if (terms.length === 0) return [fieldError.required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => nodeTermErrors(asJsonObject(term), `${at}[${index}]`));
};

/** All of a volume's spec that is not what it is made of. */
const plainFields: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

/** What the volume is made of. */
export function volumeSource(spec: Json): Json {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !plainFields.has(field)));
}

const sources: Rule = (spec, path) => {
  const found = [...volumeSources].filter(([field]) => spec[field] !== undefined);
  if (found.length === 0) return [fieldError.required(path, 'must specify a volume type')];
  return found.flatMap(([field, rule], index) => {
    const place = `${path}.${field}`;
    if (index > 0) return [fieldError.forbidden(place, 'may not specify more than 1 volume type')];
    const errors = rule(asJsonObject(spec[field]), place);
    return field === 'local' && spec['nodeAffinity'] === undefined
      ? [...errors, fieldError.required(`${path}.nodeAffinity`, 'Local volume requires node affinity')]
      : errors;
  });
};

const recycling: Rule = (spec, path) => {
  const isRoot = /^\/+$/.test(String(asJsonObject(spec['hostPath'])['path'] ?? ''));
  if (!isRoot || spec['persistentVolumeReclaimPolicy'] !== 'Recycle') return [];
  const detail = "may not be 'recycle' for a hostPath mount of '/'";
  return [fieldError.forbidden(`${path}.persistentVolumeReclaimPolicy`, detail)];
};

const attributesClass: Rule = (spec, path) => {
  const name = spec['volumeAttributesClassName'];
  const place = `${path}.volumeAttributesClassName`;
  if (name === undefined) return [];
  const errors =
    asText(name) === undefined
      ? [fieldError.required(place, 'an empty string is disallowed')]
      : invalidFor(name, place, dns1123SubdomainErrors);
  if (spec['csi'] !== undefined) return errors;
  const detail = 'has to be specified when using volumeAttributesClassName';
  return [...errors, fieldError.required(`${path}.csi`, detail)];
};

/**
 * Source: Kubernetes pkg/apis/core/validation ValidatePersistentVolumeSpec.
 * @param hasNewSource false where the source is what it was: that has been judged
 */
export function volumeSpec(hasNewSource: boolean): Rule {
  return all(
    accessModes(''),
    capacity,
    oneOf('persistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain']),
    member('nodeAffinity', nodeAffinity),
    ...(hasNewSource ? [sources] : []),
    recycling,
    formed('storageClassName', dns1123SubdomainErrors),
    volumeMode,
    attributesClass,
  );
}

const notInline = 'may not be specified in the context of inline volumes';

function absentInline(...fields: readonly string[]): Rule {
  return (spec, path) =>
    fields
      .filter((field) => spec[field] !== undefined && spec[field] !== '')
      .map((field) => fieldError.forbidden(`${path}.${field}`, notInline));
}

/** A volume that is written where it is used; only a driver's can be. Source: ValidatePersistentVolumeSpec, inline. */
export const inlineVolumeSpec: Rule = all(
  absentInline('claimRef', 'capacity'),
  (spec, path) =>
    spec['csi'] === undefined
      ? [fieldError.required(`${path}.csi`, 'has to be specified in the context of inline volumes')]
      : [],
  accessModes(''),
  absentInline('persistentVolumeReclaimPolicy', 'nodeAffinity'),
  sources,
  absentInline('storageClassName', 'volumeMode', 'volumeAttributesClassName'),
);

/** The names of resources that are not Kubernetes' own, and `storage`. */
export function isStorageOrForeign(name: string): boolean {
  return name === 'storage' || (name.includes('/') && !/(?:^|\.)kubernetes\.io\//.test(name));
}

/** Names of amounts in a claim's status. Source: validateStorageOrCustomResource. */
export function amountNameErrors(amounts: unknown, path: string): FieldError[] {
  return Object.keys(asJsonObject(amounts)).flatMap((name) => {
    const errors = invalidFor(name, path, labelKeyErrors);
    if (errors.length > 0 || isStorageOrForeign(name)) return errors;
    return [fieldError.notSupported(path, name, ['storage'])];
  });
}

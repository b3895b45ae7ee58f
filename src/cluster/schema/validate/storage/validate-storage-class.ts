import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError, labelKeyErrors } from '../../../../kube/index.ts';
import type { KubeObject } from '../../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../json-object.ts';
import { all, duplicateErrors, invalidFor, oneOf, type Rule } from '../rules.ts';

type Json = Record<string, unknown>;

const mostParameters = 512;
const mostParameterBytes = 256 * 1024;

/** Who makes the volumes: a domain and a name. */
const maker =
  (field: string): Rule =>
  (object) => {
    const name = asText(object[field]);
    return name === undefined
      ? [fieldError.required(field)]
      : invalidFor(name.toLowerCase(), field, labelKeyErrors);
  };

const parameters: Rule = (object) => {
  const entries = Object.entries(asJsonObject(object['parameters']));
  if (entries.length > mostParameters) return [fieldError.tooLong('parameters', mostParameters)];
  const errors = entries
    .filter(([key]) => key === '')
    .map(([key]) => fieldError.invalid('parameters', key, 'field can not be empty.'));
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(`${key}${String(value)}`), 0);
  return bytes > mostParameterBytes
    ? [...errors, fieldError.tooLong('parameters', mostParameterBytes)]
    : errors;
};

/** Where volumes may be: terms that say different things, of labels that each are named once. */
const topologies: Rule = (object) => {
  const known: Json[] = [];
  return asJsonArray(object['allowedTopologies']).flatMap((term, index) => {
    const path = `allowedTopologies[${index}].matchLabelExpressions`;
    const labels = asJsonArray(asJsonObject(term)['matchLabelExpressions']).map(asJsonObject);
    const errors = labels.flatMap((label, at) => labelErrors(label, `${path}[${at}]`));
    errors.push(
      ...duplicateErrors(
        labels.map(({ key = '' }) => key),
        (at) => `${path}[${at}].key`,
      ),
    );
    const said = Object.fromEntries(labels.map(({ key, values }) => [key, asJsonArray(values).toSorted()]));
    const isKnown = labels.length === 0 || known.some((each) => isDeepStrictEqual(each, said));
    known.push(said);
    return isKnown ? [...errors, fieldError.duplicate(path, '')] : errors;
  });
};

function labelErrors({ key = '', values }: Json, path: string): FieldError[] {
  const wanted = asJsonArray(values);
  return [
    ...(wanted.length === 0 ? [fieldError.required(`${path}.values`)] : []),
    ...duplicateErrors(wanted, (index) => `${path}.values[${index}]`),
    ...invalidFor(key, `${path}.key`, labelKeyErrors),
  ];
}

const storageClass: Rule = all(
  maker('provisioner'),
  parameters,
  ({ reclaimPolicy }) =>
    asText(reclaimPolicy) === undefined
      ? []
      : oneOf('reclaimPolicy', ['Delete', 'Retain'])({ reclaimPolicy }, ''),
  oneOf('volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']),
  topologies,
);

/** Source: Kubernetes pkg/apis/storage/validation ValidateStorageClass, ValidateStorageClassUpdate. */
export function validateStorageClass(wanted: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors = storageClass(wanted, '');
  if (old === undefined) return errors;
  const { volumeBindingMode: mode } = wanted;
  return [
    ...errors,
    ...forbiddenChanges(wanted, old, ['parameters', 'provisioner', 'reclaimPolicy']),
    ...(mode === old['volumeBindingMode']
      ? []
      : [fieldError.invalid('volumeBindingMode', mode ?? null, 'field is immutable')]),
  ];
}

const attributesClass: Rule = all(
  maker('driverName'),
  (object) =>
    Object.keys(asJsonObject(object['parameters'])).length === 0
      ? [fieldError.required('parameters', 'must contain at least one key/value pair')]
      : [],
  parameters,
);

/** Source: ValidateVolumeAttributesClass, ValidateVolumeAttributesClassUpdate. */
export function validateVolumeAttributesClass(wanted: KubeObject, old: KubeObject | undefined): FieldError[] {
  const changes = old === undefined ? [] : forbiddenChanges(wanted, old, ['driverName', 'parameters']);
  return [...changes, ...attributesClass(wanted, '')];
}

function forbiddenChanges(wanted: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  return fields
    .filter((field) => !isDeepStrictEqual(wanted[field], old[field]))
    .map((field) => fieldError.forbidden(field, `updates to ${field} are forbidden.`));
}

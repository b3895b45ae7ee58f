import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject } from '../json-object.ts';

/** What a config map or a secret may hold. */
export const maxDataBytes = 1024 * 1024;

/** Source: Kubernetes pkg/apis/core/validation ValidateConfigMap. */
export function validateConfigMap(configMap: KubeObject, oldConfigMap: KubeObject | undefined): FieldError[] {
  const data = asJsonObject(configMap['data']);
  const binaryData = asJsonObject(configMap['binaryData']);
  const errors = [...keyErrors(data, 'data'), ...keyErrors(binaryData, 'binaryData')];
  for (const key of Object.keys(data)) {
    if (Object.hasOwn(binaryData, key)) {
      errors.push(fieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
  }
  const bytes = textBytes(data) + base64Bytes(binaryData);
  if (bytes > maxDataBytes) errors.push(fieldError.tooLong('', maxDataBytes));
  return [...errors, ...immutableDataErrors(configMap, oldConfigMap, ['data', 'binaryData'])];
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
  "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

export function keyErrors(data: Record<string, unknown>, path: string): FieldError[] {
  return Object.keys(data).flatMap((key) =>
    keyDetails(key).map((detail) => fieldError.invalid(`${path}[${key}]`, key, detail)),
  );
}

/** A key becomes a file name in a volume. Source: apimachinery/pkg/util/validation IsConfigMapKey. */
export function keyDetails(key: string): string[] {
  const details: string[] = [];
  if (key.length > 253) details.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) details.push(keyRule);
  if (key === '.' || key === '..') details.push(`must not be '${key}'`);
  else if (key.startsWith('..')) details.push("must not start with '..'");
  return details;
}

/** What is marked as immutable stays as it is, and stays so. */
export function immutableDataErrors(
  object: KubeObject,
  oldObject: KubeObject | undefined,
  fields: readonly string[],
): FieldError[] {
  if (oldObject?.['immutable'] !== true) return [];
  return ['immutable', ...fields]
    .filter((field) => !isDeepStrictEqual(object[field], oldObject[field]))
    .map((field) => fieldError.forbidden(field, 'field is immutable when `immutable` is set'));
}

function textBytes(data: Record<string, unknown>): number {
  return Object.values(data).reduce((sum: number, value) => sum + Buffer.byteLength(String(value)), 0);
}

/** How many bytes base64 values hold. */
export function base64Bytes(data: Record<string, unknown>): number {
  return Object.values(data).reduce(
    (sum: number, value) => sum + Buffer.byteLength(String(value), 'base64'),
    0,
  );
}

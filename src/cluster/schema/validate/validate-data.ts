import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject, asText, isJsonObject } from '../json-object.ts';

const maxBytes = 1024 * 1024;

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
  if (bytes > maxBytes) errors.push(fieldError.tooLong('', maxBytes));
  return [...errors, ...immutableDataErrors(configMap, oldConfigMap, ['data', 'binaryData'])];
}

/** Source: ValidateSecret and ValidateSecretUpdate. Values never reach a message. */
export function validateSecret(secret: KubeObject, oldSecret: KubeObject | undefined): FieldError[] {
  const data = asJsonObject(secret['data']);
  const errors = keyErrors(data, 'data');
  if (base64Bytes(data) > maxBytes) errors.push(fieldError.tooLong('data', maxBytes));
  errors.push(...typedSecretErrors(secret, data));
  if (oldSecret !== undefined && oldSecret['type'] !== secret['type']) {
    errors.push(fieldError.invalid('type', secret['type'], 'field is immutable'));
  }
  return [...errors, ...immutableDataErrors(secret, oldSecret, ['data'])];
}

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function typedSecretErrors(secret: KubeObject, data: Record<string, unknown>): FieldError[] {
  const type = asText(secret['type']) ?? '';
  if (type === 'kubernetes.io/service-account-token') {
    const annotation = 'kubernetes.io/service-account.name';
    const account = asText(asJsonObject(secret.metadata.annotations)[annotation]);
    return account === undefined ? [fieldError.required(`metadata.annotations[${annotation}]`)] : [];
  }
  const has = (key: string) => Object.hasOwn(data, key);
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password')) {
    return ['username', 'password'].map((key) => fieldError.required(`data[${key}]`));
  }
  const required = Object.hasOwn(requiredKeys, type) ? (requiredKeys[type] ?? []) : [];
  return required.filter((key) => !has(key)).map((key) => fieldError.required(`data[${key}]`));
}

const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
  "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function keyErrors(data: Record<string, unknown>, path: string): FieldError[] {
  return Object.keys(data).flatMap((key) =>
    keyDetails(key).map((detail) => fieldError.invalid(`${path}[${key}]`, key, detail)),
  );
}

/** A key becomes a file name in a volume. Source: apimachinery/pkg/util/validation IsConfigMapKey. */
function keyDetails(key: string): string[] {
  const details: string[] = [];
  if (key.length > 253) details.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) details.push(keyRule);
  if (key === '.' || key === '..') details.push(`must not be '${key}'`);
  else if (key.startsWith('..')) details.push("must not start with '..'");
  return details;
}

function immutableDataErrors(
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

function base64Bytes(data: Record<string, unknown>): number {
  if (!isJsonObject(data)) return 0;
  return Object.values(data).reduce(
    (sum: number, value) => sum + Buffer.byteLength(String(value), 'base64'),
    0,
  );
}

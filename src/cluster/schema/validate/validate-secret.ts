import { type FieldError, fieldError, goJsonProblem } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { base64Bytes, immutableDataErrors, keyErrors, maxDataBytes } from './validate-data.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation ValidateSecret, ValidateSecretUpdate. Values never reach a message. */
export function validateSecret(secret: KubeObject, oldSecret: KubeObject | undefined): FieldError[] {
  const data = asJsonObject(secret['data']);
  const errors: FieldError[] = [];
  if (oldSecret !== undefined && oldSecret['type'] !== secret['type']) {
    errors.push(fieldError.invalid('type', secret['type'], 'field is immutable'));
  }
  errors.push(...immutableDataErrors(secret, oldSecret, ['data']), ...keyErrors(data, 'data'));
  if (base64Bytes(data) > maxDataBytes) errors.push(fieldError.tooLong('data', maxDataBytes));
  const rule = typeRules.get(asText(secret['type']) ?? '');
  return rule === undefined ? errors : [...errors, ...rule(data, secret)];
}

/** What a secret of a known type must have; other types are whatever their users agree on. */
const typeRules: ReadonlyMap<string, (data: Json, secret: KubeObject) => FieldError[]> = new Map([
  ['kubernetes.io/service-account-token', accountErrors],
  ['kubernetes.io/dockercfg', jsonOf('.dockercfg')],
  ['kubernetes.io/dockerconfigjson', jsonOf('.dockerconfigjson')],
  [
    'kubernetes.io/basic-auth',
    (data) => (hasAny(data, 'username', 'password') ? [] : missing(data, 'username', 'password')),
  ],
  [
    'kubernetes.io/ssh-auth',
    (data) =>
      data['ssh-privatekey'] === '' ? missing({}, 'ssh-privatekey') : missing(data, 'ssh-privatekey'),
  ],
  ['kubernetes.io/tls', (data) => missing(data, 'tls.crt', 'tls.key')],
]);

/** Further fields, the token itself among them, may come later. */
function accountErrors(_data: Json, { metadata }: KubeObject): FieldError[] {
  const annotation = 'kubernetes.io/service-account.name';
  const account = asText(asJsonObject(metadata.annotations)[annotation]);
  return account === undefined ? [fieldError.required(`metadata.annotations[${annotation}]`)] : [];
}

function hasAny(data: Json, ...keys: readonly string[]): boolean {
  return keys.some((key) => Object.hasOwn(data, key));
}

function missing(data: Json, ...keys: readonly string[]): FieldError[] {
  return keys.filter((key) => !Object.hasOwn(data, key)).map((key) => fieldError.required(`data[${key}]`));
}

function jsonOf(key: string): (data: Json) => FieldError[] {
  return (data) => {
    if (!Object.hasOwn(data, key)) return missing(data, key);
    const problem = objectProblem(Buffer.from(String(data[key]), 'base64').toString('utf8'));
    return problem === undefined
      ? []
      : [fieldError.invalid(`data[${key}]`, '<secret contents redacted>', problem)];
  };
}

/** What Go says of a text that is no JSON object. */
function objectProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || isJsonObject(value)) return undefined;
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  } catch {
    return goJsonProblem(text);
  }
}

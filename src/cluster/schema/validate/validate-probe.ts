import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { oneOf } from './rules.ts';
import { nonNegativeErrors, portErrors, portOrNameErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** A container's probes. Source: Kubernetes pkg/apis/core/validation validateLivenessProbe and its siblings. */
export function probesErrors(container: Json, path: string): FieldError[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((field) => {
    const probe = container[field];
    return isJsonObject(probe) ? probeErrors(probe, field, `${path}.${field}`) : [];
  });
}

function probeErrors(probe: Json, kind: string, path: string): FieldError[] {
  const errors = [
    ...handlerErrors(probe, path, undefined),
    ...counts.flatMap((field) => nonNegativeErrors(probe, field, path)),
  ];
  const grace = probe['terminationGracePeriodSeconds'];
  const at = `${path}.terminationGracePeriodSeconds`;
  if (typeof grace === 'number' && grace <= 0)
    errors.push(fieldError.invalid(at, grace, 'must be greater than 0'));
  if (kind === 'readinessProbe') {
    const detail = 'must not be set for readinessProbes';
    if (grace !== undefined) errors.push(fieldError.invalid(at, grace, detail));
  } else if (probe['successThreshold'] !== 1) {
    errors.push(fieldError.invalid(`${path}.successThreshold`, probe['successThreshold'], 'must be 1'));
  }
  return errors;
}

/**
 * What a container does when it starts and before it ends. Source: validateLifecycle.
 * @param gracePeriod of the pod, in seconds
 */
export function lifecycleErrors(value: unknown, path: string, gracePeriod: unknown): FieldError[] {
  const lifecycle = asJsonObject(value);
  return ['postStart', 'preStop'].flatMap((hook) => {
    const handler = lifecycle[hook];
    return isJsonObject(handler) ? handlerErrors(handler, `${path}.${hook}`, gracePeriod) : [];
  });
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function handlerErrors(given: Json, path: string, gracePeriod: unknown): FieldError[] {
  const [first, ...more] = handlers.filter((handler) => given[handler] !== undefined);
  if (first === undefined) return [fieldError.required(path, 'must specify a handler type')];
  return [
    ...actionErrors(first, asJsonObject(given[first]), `${path}.${first}`, gracePeriod),
    ...more.map((handler) =>
      fieldError.forbidden(`${path}.${handler}`, 'may not specify more than 1 handler type'),
    ),
  ];
}

function actionErrors(
  handler: (typeof handlers)[number],
  action: Json,
  path: string,
  gracePeriod: unknown,
): FieldError[] {
  switch (handler) {
    case 'exec':
      return asJsonArray(action['command']).length === 0 ? [fieldError.required(`${path}.command`)] : [];
    case 'httpGet':
      return [
        ...portOrNameErrors(action['port'], `${path}.port`),
        ...scheme(action, path),
        ...headerErrors(action, path),
      ];
    case 'tcpSocket':
      return portOrNameErrors(action['port'], `${path}.port`);
    case 'grpc':
      return portErrors(action['port'], `${path}.port`);
    case 'sleep':
      return sleepErrors(action['seconds'], path, gracePeriod);
  }
}

const scheme = oneOf('scheme', ['HTTP', 'HTTPS']);

const headerRule =
  "a valid HTTP header must consist of alphanumeric characters or '-' " +
  "(e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

function headerErrors(action: Json, path: string): FieldError[] {
  return asJsonArray(action['httpHeaders'])
    .map((header) => asJsonObject(header)['name'] ?? '')
    .filter((name) => !/^[-A-Za-z0-9]+$/.test(String(name)))
    .map((name) => fieldError.invalid(`${path}.httpHeaders`, name, headerRule));
}

function sleepErrors(seconds: unknown, path: string, gracePeriod: unknown): FieldError[] {
  if (typeof gracePeriod !== 'number' || typeof seconds !== 'number') return [];
  if (seconds >= 0 && seconds <= gracePeriod) return [];
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`;
  return [fieldError.invalid(path, seconds, detail)];
}

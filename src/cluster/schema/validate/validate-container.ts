import { type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { oneOf, required } from './rules.ts';
import { envErrors, envFromErrors } from './validate-env.ts';
import { mountErrors } from './validate-mounts.ts';
import { portErrors, portNameErrors } from './validate-numbers.ts';
import { validateContainerResources } from './validate-resources.ts';
import { securityErrors } from './validate-security.ts';
import type { Volumes } from './validate-volume.ts';

type Json = Record<string, unknown>;

/** What containers of all lists must heed. Source: Kubernetes pkg/apis/core/validation validateContainerCommon. */
export function containerErrors(container: Json, path: string, volumes: Volumes): FieldError[] {
  return [
    ...required('image')(container, path),
    ...terminationMessage(container, path),
    ...containerPortErrors(asJsonArray(container['ports']), `${path}.ports`),
    ...envErrors(container['env'], `${path}.env`),
    ...envFromErrors(container['envFrom'], `${path}.envFrom`),
    ...mountErrors(container, path, volumes),
    ...pullPolicy(container, path),
    ...validateContainerResources(container['resources'], `${path}.resources`),
    ...resizeErrors(container['resizePolicy'], `${path}.resizePolicy`),
    ...securityErrors(asJsonObject(container['securityContext']), `${path}.securityContext`),
  ];
}

const terminationMessage = oneOf('terminationMessagePolicy', ['File', 'FallbackToLogsOnError']);
const pullPolicy = oneOf('imagePullPolicy', ['Always', 'IfNotPresent', 'Never']);
const protocol = oneOf('protocol', ['SCTP', 'TCP', 'UDP']);

/** Kubernetes says of most where the list is. Source: validateResizePolicy. */
function resizeErrors(policies: unknown, path: string): FieldError[] {
  const seen = new Set<unknown>();
  return asJsonArray(policies).flatMap((each, index) => {
    const { resourceName = '', restartPolicy = '' } = asJsonObject(each);
    const errors = seen.has(resourceName) ? [fieldError.duplicate(`${path}[${index}]`, resourceName)] : [];
    seen.add(resourceName);
    return [
      ...errors,
      ...wordErrors(resourceName, ['cpu', 'memory'], path),
      ...wordErrors(restartPolicy, ['NotRequired', 'RestartContainer'], path),
    ];
  });
}

function wordErrors(word: unknown, words: readonly string[], path: string): FieldError[] {
  if (words.includes(String(word))) return [];
  return [word === '' ? fieldError.required(path) : fieldError.notSupported(path, word, words)];
}

function containerPortErrors(ports: readonly unknown[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((value, index) => {
    const port = asJsonObject(value);
    const at = `${path}[${index}]`;
    const name = asText(port['name']);
    const errors = name === undefined ? [] : portNameErrors(name, `${at}.name`);
    if (name !== undefined && errors.length === 0 && names.has(name))
      errors.push(fieldError.duplicate(`${at}.name`, name));
    if (name !== undefined) names.add(name);
    const number = port['containerPort'] ?? 0;
    if (number === 0) errors.push(fieldError.required(`${at}.containerPort`));
    else errors.push(...portErrors(number, `${at}.containerPort`));
    if ((port['hostPort'] ?? 0) !== 0) errors.push(...portErrors(port['hostPort'], `${at}.hostPort`));
    return [...errors, ...protocol(port, at)];
  });
}

/** Ports of the node that several containers want. Source: AccumulateUniqueHostPorts. */
export function hostPortErrors(containers: readonly Json[], path: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, at) =>
    asJsonArray(container['ports']).flatMap((value, index) => {
      const { protocol, hostIP = '', hostPort = 0 } = asJsonObject(value);
      const port = `${String(protocol)}/${String(hostIP)}/${String(hostPort)}`;
      const isTaken = hostPort !== 0 && taken.has(port);
      taken.add(port);
      return isTaken ? [fieldError.duplicate(`${path}[${at}].ports[${index}].hostPort`, port)] : [];
    }),
  );
}

/** Source: validateSchedulingGates, validateReadinessGates. */
export function gateErrors(spec: Json, path: string): FieldError[] {
  const seen = new Set<unknown>();
  const scheduling = asJsonArray(spec['schedulingGates']).flatMap((each, index) => {
    const { name } = asJsonObject(each);
    const at = `${path}.schedulingGates[${index}]`;
    const errors = labelKeyErrors(String(name)).map((detail) => fieldError.invalid(at, name, detail));
    if (seen.has(name)) errors.push(fieldError.duplicate(at, name));
    seen.add(name);
    return errors;
  });
  const readiness = asJsonArray(spec['readinessGates']).flatMap((each, index) => {
    const { conditionType } = asJsonObject(each);
    const at = `${path}.readinessGates[${index}].conditionType`;
    return labelKeyErrors(String(conditionType)).map((detail) =>
      fieldError.invalid(at, conditionType, detail),
    );
  });
  return [...readiness, ...scheduling];
}

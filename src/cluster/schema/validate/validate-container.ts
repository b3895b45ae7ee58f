import { type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { envErrors, envFromErrors } from './validate-env.ts';
import { mountErrors } from './validate-mounts.ts';
import { portErrors, portNameErrors } from './validate-numbers.ts';
import { validateContainerResources } from './validate-resources.ts';
import type { Volumes } from './validate-volume.ts';

type Json = Record<string, unknown>;

/** What containers of all lists must heed. Source: Kubernetes pkg/apis/core/validation validateContainerCommon. */
export function containerErrors(container: Json, path: string, volumes: Volumes): FieldError[] {
  return [
    ...(asText(container['image']) === undefined ? [fieldError.required(`${path}.image`)] : []),
    ...containerPortErrors(asJsonArray(container['ports']), `${path}.ports`),
    ...envErrors(container['env'], `${path}.env`),
    ...envFromErrors(container['envFrom'], `${path}.envFrom`),
    ...mountErrors(container, path, volumes),
    ...validateContainerResources(container['resources'], `${path}.resources`),
    ...securityErrors(asJsonObject(container['securityContext']), `${path}.securityContext`),
  ];
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
    return errors;
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

/** Source: ValidateSecurityContext. */
function securityErrors(context: Json, path: string): FieldError[] {
  const errors = idErrors(context, ['runAsUser', 'runAsGroup'], path);
  if (context['allowPrivilegeEscalation'] !== false) return errors;
  if (context['privileged'] === true) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(fieldError.invalid(path, context, detail));
  }
  if (asJsonArray(asJsonObject(context['capabilities'])['add']).includes('CAP_SYS_ADMIN')) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
    errors.push(fieldError.invalid(path, context, detail));
  }
  return errors;
}

/** The pod's own. Source: validatePodSpecSecurityContext. */
export function podSecurityErrors(value: unknown, path: string): FieldError[] {
  const context = asJsonObject(value);
  const groups = asJsonArray(context['supplementalGroups']);
  return [
    ...idErrors(context, ['runAsUser', 'runAsGroup', 'fsGroup'], path),
    ...groups.flatMap((group, index) =>
      idErrors({ [`[${index}]`]: group }, [`[${index}]`], `${path}.supplementalGroups`),
    ),
    ...asJsonArray(context['sysctls']).flatMap((each, index) => {
      const name = asText(asJsonObject(each)['name']) ?? '';
      const isName = /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?(?:[./][a-z0-9](?:[-_a-z0-9]*[a-z0-9])?)*$/.test(name);
      const detail = `must have at most 253 characters and match regex ${sysctlPattern}`;
      return isName || name === ''
        ? []
        : [fieldError.invalid(`${path}.sysctls[${index}].name`, name, detail)];
    }),
  ];
}

const sysctlPattern = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const largestId = 2_147_483_647;

function idErrors(context: Json, fields: readonly string[], path: string): FieldError[] {
  return fields.flatMap((field) => {
    const id = context[field];
    if (typeof id !== 'number' || (id >= 0 && id <= largestId)) return [];
    const at = field.startsWith('[') ? `${path}${field}` : `${path}.${field}`;
    return [fieldError.invalid(at, id, `must be between 0 and ${largestId}, inclusive`)];
  });
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

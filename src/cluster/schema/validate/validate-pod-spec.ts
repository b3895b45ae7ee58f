import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { formed, oneOf, within } from './rules.ts';
import { containerErrors, gateErrors, hostPortErrors } from './validate-container.ts';
import { addressErrors, dnsErrors } from './validate-dns.ts';
import { labelErrors } from './validate-metadata.ts';
import { lifecycleErrors, probesErrors } from './validate-probe.ts';
import { affinityErrors, spreadErrors, tolerationErrors } from './validate-scheduling.ts';
import { podSecurityErrors } from './validate-security.ts';
import { type Volumes, volumesErrors } from './validate-volume.ts';

type Json = Record<string, unknown>;

/** The rules of a pod's spec, in a pod or in a template. Source: Kubernetes pkg/apis/core/validation ValidatePodSpec. */
export function validatePodSpec(value: unknown, path: string): FieldError[] {
  const spec = asJsonObject(value);
  const { errors, volumes } = volumesErrors(spec['volumes'], `${path}.volumes`);
  return [
    ...errors,
    ...containersErrors(spec, path, volumes),
    ...hostNetworkErrors(spec, path),
    ...restartPolicy(spec, path),
    ...dnsPolicy(spec, path),
    ...labelErrors(spec['nodeSelector'], `${path}.nodeSelector`),
    ...podSecurityErrors(spec['securityContext'], `${path}.securityContext`),
    ...affinityErrors(asJsonObject(spec['affinity']), `${path}.affinity`),
    ...dnsErrors(spec, path),
    ...gateErrors(spec, path),
    ...spreadErrors(asJsonArray(spec['topologySpreadConstraints']), `${path}.topologySpreadConstraints`),
    ...nameErrors(['serviceAccountName', 'nodeName'], spec, path),
    ...deadline(spec, path),
    ...nameErrors(['hostname', 'subdomain'], spec, path),
    ...tolerationErrors(spec['tolerations'], `${path}.tolerations`),
    ...hostAliasErrors(asJsonArray(spec['hostAliases']), `${path}.hostAliases`),
    ...nameErrors(['priorityClassName', 'runtimeClassName'], spec, path),
    ...preemptionPolicy(spec, path),
  ];
}

const restartPolicy = oneOf('restartPolicy', ['Always', 'OnFailure', 'Never']);
const dnsPolicy = oneOf('dnsPolicy', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']);
const preemptionPolicy = oneOf('preemptionPolicy', ['PreemptLowerPriority', 'Never']);

const longestSeconds = 2_147_483_647;
const deadline = within(
  'activeDeadlineSeconds',
  1,
  longestSeconds,
  `must be between 1 and ${longestSeconds}, inclusive`,
);

/** What is asked of pods and not of templates. Source: validateContainersOnlyForPod. */
export function untrimmedImageErrors(spec: Json): FieldError[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    asJsonArray(spec[list]).flatMap((each, index) => {
      const image = asText(asJsonObject(each)['image']);
      if (image === undefined || image.trim() === image) return [];
      const detail = 'must not have leading or trailing whitespace';
      return [fieldError.invalid(`spec.${list}[${index}].image`, image, detail)];
    }),
  );
}

/** Names are unique among all lists; a later list hears of it. */
function containersErrors(spec: Json, path: string, volumes: Volumes): FieldError[] {
  const names = new Set<string>();
  const grace = spec['terminationGracePeriodSeconds'];
  const lists = {
    containers: runningErrors,
    initContainers: initErrors,
    ephemeralContainers: debuggingErrors,
  };
  return Object.entries(lists).flatMap(([list, ofList]) => {
    const containers = asJsonArray(spec[list]).map(asJsonObject);
    if (list === 'containers' && containers.length === 0) return [fieldError.required(`${path}.${list}`)];
    const found = containers.flatMap((container, index) => {
      const at = `${path}.${list}[${index}]`;
      return [
        ...labelNameErrors(container['name'], `${at}.name`, names),
        ...containerErrors(container, at, volumes),
        ...ofList(container, at, grace),
      ];
    });
    if (list === 'containers') found.push(...hostPortErrors(containers, `${path}.${list}`));
    return found;
  });
}

/** A DNS label that is unique among `seen`. */
function labelNameErrors(value: unknown, path: string, seen: Set<string>): FieldError[] {
  const name = asText(value);
  if (name === undefined) return [fieldError.required(path)];
  if (seen.has(name)) return [fieldError.duplicate(path, name)];
  seen.add(name);
  return dns1123LabelErrors(name).map((detail) => fieldError.invalid(path, name, detail));
}

function runningErrors(container: Json, path: string, gracePeriod: unknown): FieldError[] {
  return [
    ...lifecycleErrors(container['lifecycle'], `${path}.lifecycle`, gracePeriod),
    ...probesErrors(container, path),
  ];
}

const notForDebugging = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'restartPolicy',
  'resizePolicy',
];

/** A container for debugging serves nobody. Source: validateEphemeralContainers. */
function debuggingErrors(container: Json, path: string): FieldError[] {
  const isSet = (value: unknown) => value !== undefined && Object.keys(Object(value)).length > 0;
  const fields = notForDebugging.filter((field) => isSet(container[field]) || asText(container[field]));
  const mounts = asJsonArray(container['volumeMounts']).flatMap((mount, index) =>
    ['subPath', 'subPathExpr']
      .filter((field) => asText(asJsonObject(mount)[field]) !== undefined)
      .map((field) => `volumeMounts[${index}].${field}`),
  );
  return [...fields, ...mounts].map((field) =>
    fieldError.forbidden(`${path}.${field}`, 'cannot be set for an Ephemeral Container'),
  );
}

const ownRestartPolicy = oneOf('restartPolicy', ['Always', 'Never', 'OnFailure']);
const onlyRunning = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];

/** An init container ends before the pod is up, unless it is a sidecar. Source: validateInitContainers. */
function initErrors(container: Json, path: string, gracePeriod: unknown): FieldError[] {
  if (container['restartPolicy'] === 'Always') return runningErrors(container, path, gracePeriod);
  const detail = 'may not be set for init containers without restartPolicy=Always';
  const forbidden = onlyRunning
    .filter((field) => container[field] !== undefined)
    .map((field) => fieldError.forbidden(`${path}.${field}`, detail));
  return [...ownRestartPolicy(container, path), ...forbidden];
}

/** Source: validatePodHostNetworkDeps. Ports that were left out are filled in before. */
function hostNetworkErrors(spec: Json, path: string): FieldError[] {
  if (spec['hostNetwork'] !== true) return [];
  return asJsonArray(spec['containers']).flatMap((container, at) =>
    asJsonArray(asJsonObject(container)['ports']).flatMap((value, index) => {
      const { hostPort = 0, containerPort } = asJsonObject(value);
      if (hostPort === containerPort) return [];
      const detail = 'must match `containerPort` when `hostNetwork` is true';
      return [fieldError.invalid(`${path}.containers[${at}].ports[${index}].hostPort`, hostPort, detail)];
    }),
  );
}

const nameRules = {
  serviceAccountName: dns1123SubdomainErrors,
  nodeName: dns1123SubdomainErrors,
  hostname: dns1123LabelErrors,
  subdomain: dns1123LabelErrors,
  priorityClassName: dns1123SubdomainErrors,
  runtimeClassName: dns1123SubdomainErrors,
} as const;

function nameErrors(fields: readonly (keyof typeof nameRules)[], spec: Json, path: string): FieldError[] {
  return fields.flatMap((field) => formed(field, nameRules[field])(spec, path));
}

function hostAliasErrors(aliases: readonly unknown[], path: string): FieldError[] {
  return aliases.flatMap((value, index) => {
    const { ip = '', hostnames } = asJsonObject(value);
    const at = `${path}[${index}]`;
    return [
      ...addressErrors(ip, `${at}.ip`),
      ...asJsonArray(hostnames).flatMap((name, each) =>
        dns1123SubdomainErrors(String(name)).map((detail) =>
          fieldError.invalid(`${at}.hostnames[${each}]`, name, detail),
        ),
      ),
    ];
  });
}

import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
} from '../../../../kube/index.ts';
import type { KubeObject } from '../../../resources/index.ts';
import { lenientAddressErrors, lenientRangeErrors, specialAddressErrors } from '../../addresses.ts';
import { asJsonArray, asJsonObject, asText } from '../../json-object.ts';
import { isLoadBalancer, isReachable, needsHealthCheckPort } from '../../service-type.ts';
import { all, formed, givenFormed, oneOf, type Rule, within } from '../rules.ts';
import { labelErrors } from '../validate-metadata.ts';
import { portErrors, portOrNameErrors } from '../validate-numbers.ts';
import { clusterAddressErrors, familyErrors } from './service-addresses.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation ValidateService, ValidateServiceUpdate. */
export function validateService(service: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asJsonObject(service['spec']);
  const oldSpec = old === undefined ? undefined : asJsonObject(old['spec']);
  const errors = [
    ...changeErrors(spec, oldSpec),
    ...namedElsewhere(spec),
    ...portsErrors(asJsonArray(spec['ports'])),
    ...labelErrors(spec['selector'], 'spec.selector'),
    ...affinityErrors(spec),
    ...clusterAddressErrors(spec, oldSpec),
    ...externalAddresses(spec),
    ...oneOf('type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'])(spec, 'spec'),
    ...nodePortErrors(spec),
    ...repeatedPorts(asJsonArray(spec['ports'])),
    ...loadBalancerErrors(service, spec),
    ...traffic(spec, 'spec'),
  ];
  // What the cluster has no addresses for is found when they are given out.
  return errors.length > 0 ? errors : familyErrors(spec);
}

/** What stays as it is as long as the service is a load balancer. */
function changeErrors(spec: Json, oldSpec: Json | undefined): FieldError[] {
  if (oldSpec === undefined) return [];
  const errors: FieldError[] = [];
  const [port, oldPort] = [spec['healthCheckNodePort'] ?? 0, oldSpec['healthCheckNodePort'] ?? 0];
  if (needsHealthCheckPort(oldSpec) && needsHealthCheckPort(spec) && port !== oldPort)
    errors.push(fieldError.forbidden('spec.healthCheckNodePort', 'field is immutable'));
  const name = spec['loadBalancerClass'];
  if (isLoadBalancer(spec) && isLoadBalancer(oldSpec) && oldSpec['loadBalancerClass'] !== name)
    errors.push(fieldError.invalid('spec.loadBalancerClass', name ?? null, 'may not change once set'));
  return errors;
}

/** A name of something elsewhere has no addresses here. */
function namedElsewhere(spec: Json): FieldError[] {
  const type = asText(spec['type']);
  const isHeadless = spec['clusterIP'] === 'None';
  if (type === 'ExternalName') {
    const forbidden = ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']
      .filter((field) => spec[field] !== undefined)
      .map((field) => fieldError.forbidden(`spec.${field}`, 'may not be set for ExternalName services'));
    const name = (asText(spec['externalName']) ?? '').replace(/\.$/, '');
    if (name === '') return [...forbidden, fieldError.required('spec.externalName')];
    const details = dns1123SubdomainErrors(name);
    return [...forbidden, ...details.map((detail) => fieldError.invalid('spec.externalName', name, detail))];
  }
  const hasNone = asJsonArray(spec['ports']).length === 0;
  const errors = hasNone && !isHeadless ? [fieldError.required('spec.ports')] : [];
  if (!isHeadless || (type !== 'NodePort' && type !== 'LoadBalancer')) return errors;
  const detail = `may not be set to 'None' for ${type} services`;
  return [...errors, fieldError.invalid('spec.clusterIPs[0]', 'None', detail)];
}

function portsErrors(ports: readonly unknown[]): FieldError[] {
  const names = new Set<string>();
  return ports.map(asJsonObject).flatMap((port, index) => {
    const path = `spec.ports[${index}]`;
    const name = asText(port['name']);
    const errors = formed('name', dns1123LabelErrors)(port, path);
    if (name === undefined && ports.length > 1) errors.push(fieldError.required(`${path}.name`));
    if (name !== undefined && names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    if (name !== undefined) names.add(name);
    return [...errors, ...onePort(port, path)];
  });
}

const onePort: Rule = all(
  ({ port = 0 }, path) => portErrors(port, `${path}.port`),
  oneOf('protocol', ['SCTP', 'TCP', 'UDP']),
  ({ targetPort = 0 }, path) => portOrNameErrors(targetPort, `${path}.targetPort`),
  givenFormed('appProtocol', labelKeyErrors),
);

function nodePortErrors(spec: Json): FieldError[] {
  const taken = new Map<string, unknown>();
  return asJsonArray(spec['ports']).flatMap((value, index) => {
    const { nodePort = 0, protocol, port } = asJsonObject(value);
    const path = `spec.ports[${index}].nodePort`;
    if (nodePort === 0) return [];
    if (spec['type'] === 'ClusterIP')
      return [fieldError.forbidden(path, "may not be used when `type` is 'ClusterIP'")];
    const key = `${String(protocol)} ${String(nodePort)}`;
    if (taken.has(key)) {
      return taken.get(key) === port
        ? [fieldError.duplicate(path, nodePort)]
        : [fieldError.invalid(path, nodePort, 'provided port is already allocated')];
    }
    taken.set(key, port);
    if (typeof nodePort === 'number' && nodePort >= 30000 && nodePort <= 32767) return [];
    const detail = 'provided port is not in the valid range. The range of valid ports is 30000-32767';
    return [fieldError.invalid(path, nodePort, detail)];
  });
}

/** The same port twice, shown as Go has it. */
function repeatedPorts(ports: readonly unknown[]): FieldError[] {
  const seen = new Set<string>();
  return ports.map(asJsonObject).flatMap(({ protocol: Protocol = '', port: Port = 0 }, index) => {
    const key = `${String(Protocol)} ${String(Port)}`;
    const shown = { Name: '', Protocol, AppProtocol: null, Port, TargetPort: 0, NodePort: 0 };
    if (seen.has(key)) return [fieldError.duplicate(`spec.ports[${index}]`, shown)];
    seen.add(key);
    return [];
  });
}

const longestAffinity = 86_400;

/** Source: validateClientIPAffinityConfig. */
function affinityErrors(spec: Json): FieldError[] {
  const errors = oneOf('sessionAffinity', ['ClientIP', 'None'])(spec, 'spec');
  const path = 'spec.sessionAffinityConfig';
  const { sessionAffinity, sessionAffinityConfig } = spec;
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined)
    return [...errors, fieldError.forbidden(path, 'must not be set when session affinity is None')];
  if (sessionAffinity !== 'ClientIP') return errors;
  const { timeoutSeconds: seconds } = asJsonObject(asJsonObject(sessionAffinityConfig)['clientIP']);
  if (typeof seconds !== 'number' || (seconds > 0 && seconds <= longestAffinity)) return errors;
  const detail = `must be greater than 0 and less than ${longestAffinity}`;
  return [...errors, fieldError.invalid(`${path}.clientIP.timeoutSeconds`, seconds, detail)];
}

function externalAddresses(spec: Json): FieldError[] {
  return asJsonArray(spec['externalIPs']).flatMap((each, index) => {
    const path = `spec.externalIPs[${index}]`;
    const errors = lenientAddressErrors(each, path);
    return errors.length > 0 ? errors : specialAddressErrors(each, path);
  });
}

const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const onlyBalanced = "may only be used when `type` is 'LoadBalancer'";

function loadBalancerErrors(service: KubeObject, spec: Json): FieldError[] {
  const isBalanced = isLoadBalancer(spec);
  const name = spec['loadBalancerClass'];
  const errors = sourceRangeErrors(service, spec, isBalanced);
  if (spec['allocateLoadBalancerNodePorts'] !== undefined && !isBalanced)
    errors.push(fieldError.forbidden('spec.allocateLoadBalancerNodePorts', onlyBalanced));
  if (name === undefined) return errors;
  if (!isBalanced) return [...errors, fieldError.forbidden('spec.loadBalancerClass', onlyBalanced)];
  return [...errors, ...givenFormed('loadBalancerClass', labelKeyErrors)(spec, 'spec')];
}

function sourceRangeErrors(service: KubeObject, spec: Json, isBalanced: boolean): FieldError[] {
  const ranges = asJsonArray(spec['loadBalancerSourceRanges']);
  const annotation = asText(asJsonObject(service.metadata.annotations)[rangesAnnotation]);
  if (ranges.length > 0) {
    // Kubernetes writes this name with a capital.
    const path = 'spec.LoadBalancerSourceRanges';
    const errors = isBalanced ? [] : [fieldError.forbidden(path, onlyBalanced)];
    return [
      ...errors,
      ...ranges.flatMap((range, index) => lenientRangeErrors(String(range).trim(), `${path}[${index}]`)),
    ];
  }
  if (annotation === undefined || annotation.trim() === '') return [];
  const path = `metadata.annotations[${rangesAnnotation}]`;
  const errors = isBalanced ? [] : [fieldError.forbidden(path, onlyBalanced)];
  return [...errors, ...annotation.split(',').flatMap((range) => lenientRangeErrors(range.trim(), path))];
}

/** Source: validateServiceExternalTrafficPolicy and what follows it. Policies that are left out are filled in before. */
const traffic: Rule = all(
  (spec) => {
    const { externalTrafficPolicy: policy } = spec;
    if (policy === undefined || policy === '') return [];
    if (isReachable(spec)) return oneOf('externalTrafficPolicy', ['Cluster', 'Local'])(spec, 'spec');
    const detail = 'may only be set for externally-accessible services';
    return [fieldError.invalid('spec.externalTrafficPolicy', policy, detail)];
  },
  (spec, path) => {
    const { healthCheckNodePort: port = 0 } = spec;
    if (port === 0) return [];
    if (needsHealthCheckPort(spec))
      return within('healthCheckNodePort', 1, 65_535, 'must be between 1 and 65535, inclusive')(spec, path);
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    return [fieldError.invalid('spec.healthCheckNodePort', port, detail)];
  },
  oneOf('internalTrafficPolicy', ['Cluster', 'Local']),
  oneOf('trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode']),
);

import { isIP } from 'node:net';
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { isLoadBalancer, isReachable, needsHealthCheckPort } from '../service-type.ts';
import { parseCidr } from './ip-block.ts';
import { labelErrors } from './validate-metadata.ts';
import { portErrors, portOrNameErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation validateService. */
export function validateService(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const ports = asJsonArray(spec['ports']);
  return [
    ...typeErrors(spec, ports),
    ...portsErrors(ports),
    ...nodePortsErrors(spec, ports),
    ...labelErrors(spec['selector'], 'spec.selector'),
    ...affinityErrors(spec),
    ...addressErrors(spec, oldSpec),
    ...trafficErrors(spec),
    ...loadBalancerErrors(spec, oldSpec),
  ];
}

function typeErrors(spec: Json, ports: readonly unknown[]): FieldError[] {
  const type = asText(spec['type']);
  const isHeadless = spec['clusterIP'] === 'None';
  if (type === 'ExternalName') {
    const name = (asText(spec['externalName']) ?? '').replace(/\.$/, '');
    if (name === '') return [fieldError.required('spec.externalName')];
    return dns1123SubdomainErrors(name).map((detail) =>
      fieldError.invalid('spec.externalName', name, detail),
    );
  }
  const errors = ports.length === 0 && !isHeadless ? [fieldError.required('spec.ports')] : [];
  if (!isHeadless || (type !== 'NodePort' && type !== 'LoadBalancer')) return errors;
  const detail = `may not be set to 'None' for ${type} services`;
  return [...errors, fieldError.invalid('spec.clusterIPs[0]', 'None', detail)];
}

function portsErrors(ports: readonly unknown[]): FieldError[] {
  const names = new Set<string>();
  const endpoints = new Set<string>();
  return ports.flatMap((value, index) => {
    const port = asJsonObject(value);
    const path = `spec.ports[${index}]`;
    const name = asText(port['name']);
    const errors = (name === undefined ? [] : dns1123LabelErrors(name)).map((detail) =>
      fieldError.invalid(`${path}.name`, name, detail),
    );
    if (name === undefined && ports.length > 1) errors.push(fieldError.required(`${path}.name`));
    if (name !== undefined && names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    if (name !== undefined) names.add(name);
    errors.push(...portErrors(port['port'] ?? 0, `${path}.port`));
    if (port['targetPort'] !== undefined)
      errors.push(...portOrNameErrors(port['targetPort'], `${path}.targetPort`));
    const protocol = asText(port['appProtocol']);
    for (const detail of protocol === undefined ? [] : labelKeyErrors(protocol))
      errors.push(fieldError.invalid(`${path}.appProtocol`, protocol, detail));
    const endpoint = `${String(port['protocol'])} ${String(port['port'])}`;
    if (endpoints.has(endpoint)) {
      errors.push(fieldError.duplicate(path, { protocol: port['protocol'], port: port['port'] }));
    }
    endpoints.add(endpoint);
    return errors;
  });
}

function nodePortsErrors(spec: Json, ports: readonly unknown[]): FieldError[] {
  const taken = new Set<string>();
  return ports.flatMap((value, index) => {
    const { nodePort = 0, protocol } = asJsonObject(value);
    const path = `spec.ports[${index}].nodePort`;
    if (nodePort === 0) return [];
    if (spec['type'] === 'ClusterIP')
      return [fieldError.forbidden(path, "may not be used when `type` is 'ClusterIP'")];
    const port = `${String(protocol)} ${String(nodePort)}`;
    if (taken.has(port)) return [fieldError.duplicate(path, nodePort)];
    taken.add(port);
    if (typeof nodePort === 'number' && nodePort >= 30000 && nodePort <= 32767) return [];
    const detail = 'provided port is not in the valid range. The range of valid ports is 30000-32767';
    return [fieldError.invalid(path, nodePort, detail)];
  });
}

const longestAffinity = 86_400;

/** Source: validateClientIPAffinityConfig. */
function affinityErrors({ sessionAffinity, sessionAffinityConfig }: Json): FieldError[] {
  const path = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined)
    return [fieldError.forbidden(path, 'must not be set when session affinity is None')];
  if (sessionAffinity !== 'ClientIP') return [];
  const { timeoutSeconds: seconds } = asJsonObject(asJsonObject(sessionAffinityConfig)['clientIP']);
  if (typeof seconds !== 'number' || (seconds > 0 && seconds <= longestAffinity)) return [];
  const detail = `must be greater than 0 and less than ${longestAffinity}`;
  return [fieldError.invalid(`${path}.clientIP.timeoutSeconds`, seconds, detail)];
}

const addressDetail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

function addressErrors(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const address = asText(spec['clusterIP']);
  const oldAddress = asText(oldSpec?.['clusterIP']);
  const external = asJsonArray(spec['externalIPs']).flatMap((each, index) =>
    isIP(String(each)) === 0 ? [fieldError.invalid(`spec.externalIPs[${index}]`, each, addressDetail)] : [],
  );
  if (address === undefined || spec['type'] === 'ExternalName') return external;
  if (oldAddress !== undefined && oldSpec?.['type'] !== 'ExternalName' && oldAddress !== address) {
    return [...external, fieldError.invalid('spec.clusterIPs[0]', [address], 'may not change once set')];
  }
  const addresses = asJsonArray(spec['clusterIPs']);
  if (addresses.length > 0 && addresses[0] !== address) {
    const detail = 'first value must match `clusterIP`';
    return [...external, fieldError.invalid('spec.clusterIPs', addresses, detail)];
  }
  if (address === 'None' || isIP(address) !== 0) return external;
  return [...external, fieldError.invalid('spec.clusterIPs[0]', address, addressDetail)];
}

/** Source: validateServiceExternalTrafficPolicy. Policies that are left out are filled in before. */
function trafficErrors(spec: Json): FieldError[] {
  const { externalTrafficPolicy: policy, healthCheckNodePort: port = 0 } = spec;
  const errors: FieldError[] = [];
  if (policy !== undefined && policy !== '' && !isReachable(spec)) {
    const detail = 'may only be set for externally-accessible services';
    errors.push(fieldError.invalid('spec.externalTrafficPolicy', policy, detail));
  }
  if (port !== 0 && !needsHealthCheckPort(spec)) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(fieldError.invalid('spec.healthCheckNodePort', port, detail));
  }
  const distribution = spec['trafficDistribution'];
  if (distribution !== undefined && !distributions.includes(String(distribution)))
    errors.push(fieldError.notSupported('spec.trafficDistribution', distribution, distributions));
  return errors;
}

const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

function loadBalancerErrors(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const isBalanced = isLoadBalancer(spec);
  const onlyBalanced = "may only be used when `type` is 'LoadBalancer'";
  const ranges = asJsonArray(spec['loadBalancerSourceRanges']);
  // Kubernetes writes this name with a capital.
  const path = 'spec.LoadBalancerSourceRanges';
  const errors = ranges.length > 0 && !isBalanced ? [fieldError.forbidden(path, onlyBalanced)] : [];
  for (const [index, range] of ranges.entries()) {
    const detail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    if (parseCidr(String(range).trim()) === undefined)
      errors.push(fieldError.invalid(`${path}[${index}]`, range, detail));
  }
  if (spec['allocateLoadBalancerNodePorts'] !== undefined && !isBalanced)
    errors.push(fieldError.forbidden('spec.allocateLoadBalancerNodePorts', onlyBalanced));
  const { loadBalancerClass: name } = spec;
  if (name !== undefined && !isBalanced)
    errors.push(fieldError.forbidden('spec.loadBalancerClass', onlyBalanced));
  if (isBalanced && oldSpec !== undefined && isLoadBalancer(oldSpec) && oldSpec['loadBalancerClass'] !== name)
    errors.push(fieldError.invalid('spec.loadBalancerClass', name ?? null, 'may not change once set'));
  return errors;
}

import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../resources/index.ts';
import { ensureObject, type Json, objectsIn } from '../defaults/set-default.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { isLoadBalancer, isReachable, needsHealthCheckPort, needsNodePorts } from '../service-type.ts';
import type { Allocators } from './allocators.ts';

/** Fills what the service registry allocates; an update keeps what the old object had. Source: pkg/registry/core/service. */
export function allocateServiceFields(
  service: KubeObject,
  oldService: KubeObject | undefined,
  allocators: Allocators,
): void {
  const spec = ensureObject(service, 'spec');
  const oldSpec = asJsonObject(oldService?.['spec']);
  dropFieldsOfOldType(spec, oldSpec);
  if (spec['type'] === 'ExternalName') {
    delete spec['internalTrafficPolicy'];
    if (asText(spec['clusterIP']) !== undefined) spec['clusterIPs'] ??= [spec['clusterIP']];
    return;
  }
  const given = asText(spec['clusterIP']) ?? asText(oldSpec['clusterIP']);
  // One of the two without the other is a mistake.
  if (given === undefined && asJsonArray(spec['clusterIPs']).length > 0) return;
  const address = given ?? allocators.clusterIP();
  spec['clusterIP'] = address;
  spec['clusterIPs'] ??= [address];
  spec['ipFamilies'] ??= oldSpec['ipFamilies'] ?? [address.includes(':') ? 'IPv6' : 'IPv4'];
  spec['ipFamilyPolicy'] ??= oldSpec['ipFamilyPolicy'] ?? 'SingleStack';
  if (needsNodePorts(spec)) allocateNodePorts(spec, oldSpec, allocators);
  if (needsHealthCheckPort(spec) && !spec['healthCheckNodePort'])
    spec['healthCheckNodePort'] = oldSpec['healthCheckNodePort'] ?? allocators.nodePort();
}

const hasAddresses = ({ type }: Json) => type !== 'ExternalName' && type !== undefined;

const fieldsOfTypes = [
  ['clusterIP', hasAddresses],
  ['clusterIPs', hasAddresses],
  ['ipFamilies', hasAddresses],
  ['ipFamilyPolicy', hasAddresses],
  ['externalTrafficPolicy', isReachable],
  ['healthCheckNodePort', needsHealthCheckPort],
  ['allocateLoadBalancerNodePorts', isLoadBalancer],
  ['loadBalancerClass', isLoadBalancer],
] as const;

/** What only the type before needs goes with it, unless the client has changed it. Source: dropTypeDependentFields. */
function dropFieldsOfOldType(spec: Json, oldSpec: Json): void {
  const ports = (of: Json) => new Set(objectsIn(of, 'ports').map((port) => port['nodePort'] ?? 0));
  const needsNone = needsNodePorts(oldSpec) && !needsNodePorts(spec);
  if (needsNone && isDeepStrictEqual(ports(spec), ports(oldSpec)))
    for (const port of objectsIn(spec, 'ports')) delete port['nodePort'];
  const gone = fieldsOfTypes.filter(
    ([field, isNeeded]) =>
      isNeeded(oldSpec) && !isNeeded(spec) && isDeepStrictEqual(spec[field], oldSpec[field]),
  );
  for (const [field] of gone) delete spec[field];
}

function allocateNodePorts(spec: Json, oldSpec: Json, allocators: Allocators): void {
  const oldPorts = objectsIn(oldSpec, 'ports');
  for (const port of objectsIn(spec, 'ports')) {
    if (typeof port['nodePort'] === 'number' && port['nodePort'] !== 0) continue;
    const old = oldPorts.find(
      (each) => each['port'] === port['port'] && each['protocol'] === port['protocol'],
    );
    port['nodePort'] = old?.['nodePort'] ?? allocators.nodePort();
  }
}

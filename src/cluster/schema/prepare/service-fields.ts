import type { KubeObject } from '../../resources/index.ts';
import { ensureObject, type Json, objectsIn } from '../defaults/set-default.ts';
import { asJsonObject, asText } from '../json-object.ts';
import type { Allocators } from './allocators.ts';

/** Fills what the service registry allocates; an update keeps what the old object had. Source: pkg/registry/core/service. */
export function allocateServiceFields(
  service: KubeObject,
  oldService: KubeObject | undefined,
  allocators: Allocators,
): void {
  const spec = ensureObject(service, 'spec');
  const oldSpec = asJsonObject(oldService?.['spec']);
  if (spec['type'] === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete spec[field];
    return;
  }
  const address = asText(spec['clusterIP']) ?? asText(oldSpec['clusterIP']) ?? allocators.clusterIP();
  spec['clusterIP'] = address;
  spec['clusterIPs'] ??= [address];
  spec['ipFamilies'] ??= oldSpec['ipFamilies'] ?? [address.includes(':') ? 'IPv6' : 'IPv4'];
  spec['ipFamilyPolicy'] ??= oldSpec['ipFamilyPolicy'] ?? 'SingleStack';
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer')
    allocateNodePorts(spec, oldSpec, allocators);
}

function allocateNodePorts(spec: Json, oldSpec: Json, allocators: Allocators): void {
  if (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] === false) return;
  const oldPorts = objectsIn(oldSpec, 'ports');
  for (const port of objectsIn(spec, 'ports')) {
    if (typeof port['nodePort'] === 'number' && port['nodePort'] !== 0) continue;
    const old = oldPorts.find(
      (each) => each['port'] === port['port'] && each['protocol'] === port['protocol'],
    );
    port['nodePort'] = old?.['nodePort'] ?? allocators.nodePort();
  }
}

import { asJsonArray } from './json-object.ts';

type Json = Record<string, unknown>;

/** What a service's type wants of its spec. Source: Kubernetes pkg/api/service, pkg/registry/core/service. */

/** Whether clients outside the cluster reach it. Source: ExternallyAccessible. */
export function isReachable({ type, externalIPs }: Json): boolean {
  if (type === 'ClusterIP') return asJsonArray(externalIPs).length > 0;
  return type === 'NodePort' || type === 'LoadBalancer';
}

export function isLoadBalancer({ type }: Json): boolean {
  return type === 'LoadBalancer';
}

export function needsNodePorts(spec: Json): boolean {
  return (
    spec['type'] === 'NodePort' || (isLoadBalancer(spec) && spec['allocateLoadBalancerNodePorts'] !== false)
  );
}

/** Whether load balancers ask a node if it has any of the pods. */
export function needsHealthCheckPort(spec: Json): boolean {
  return isLoadBalancer(spec) && spec['externalTrafficPolicy'] === 'Local';
}

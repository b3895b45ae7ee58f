import { isReady } from '../pods/pod-facts.ts';
import type { Pod } from '../shapes.ts';
import { type Backends, targetOf } from './backends.ts';

/** What Endpoints say: pods that are ready apart from the others. Source: pkg/controller/endpoint. */
export function endpointsOf(backends: readonly Backends[]): {
  readonly subsets?: readonly Record<string, unknown>[];
} {
  const subsets = backends.flatMap(({ ports, pods, areAlwaysReady, subdomain }) => {
    const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const isServing = (pod: Pod) => areAlwaysReady || isReady(pod);
    const addresses = staying.filter(isServing).map((pod) => addressOf(pod, subdomain));
    const notReadyAddresses = staying
      .filter((pod) => !isServing(pod))
      .map((pod) => addressOf(pod, subdomain));
    if (staying.length === 0) return [];
    return [
      {
        ...(addresses.length > 0 ? { addresses } : {}),
        ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
        ...(ports.length > 0 ? { ports: ports.map(namedOnlyIfNamed) } : {}),
      },
    ];
  });
  return subsets.length > 0 ? { subsets } : {};
}

function namedOnlyIfNamed({ name, ...port }: Backends['ports'][number]): Record<string, unknown> {
  return name === undefined || name === '' ? port : { name, ...port };
}

function addressOf(pod: Pod, subdomain: string): Record<string, unknown> {
  const { hostname = '', nodeName } = pod.spec;
  return {
    ip: pod.status.podIP,
    ...(hostname !== '' && pod.spec.subdomain === subdomain ? { hostname } : {}),
    nodeName,
    targetRef: targetOf(pod),
  };
}

import { isOver, isReady } from '../pods/pod-facts.ts';
import type { Pod, Service } from '../shapes.ts';

export interface BackendPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** Pods that a service reaches at the same ports. */
export interface Backends {
  readonly ports: readonly BackendPort[];
  readonly pods: readonly Pod[];
  /** Whether pods count as ready whatever they say. */
  readonly areAlwaysReady: boolean;
  /** The service that gives the pods names in DNS. */
  readonly subdomain: string;
}

/** As many as one slice takes. Source: kube-controller-manager --max-endpoints-per-slice. */
const maxEndpoints = 100;

export function selectsPod({ spec }: Service, { metadata }: Pod): boolean {
  const wanted = Object.entries(spec.selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => metadata.labels?.[key] === value);
}

/** The service's pods that have an address and are not over, by the ports at which they serve. */
export function backendsOf({ metadata, spec }: Service, own: readonly Pod[]): readonly Backends[] {
  const groups = new Map<string, { readonly ports: readonly BackendPort[]; readonly pods: Pod[] }>();
  const alive = own.filter((pod) => !isOver(pod) && (pod.status.podIP ?? '') !== '');
  for (const pod of alive.toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))) {
    const ports = (spec.ports ?? []).flatMap((port) => portOn(pod, port));
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  const areAlwaysReady = spec.publishNotReadyAddresses === true;
  return [...groups.values()].map((group) => ({ ...group, areAlwaysReady, subdomain: metadata.name ?? '' }));
}

/** A named port is each pod's own; one that a pod does not have is not served there. Source: FindPort. */
function portOn(pod: Pod, wanted: NonNullable<Service['spec']['ports']>[number]): readonly BackendPort[] {
  const { name = '', protocol = 'TCP', targetPort = wanted.port, appProtocol } = wanted;
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports);
  const named = declared.find((each) => each.name === targetPort && (each.protocol ?? 'TCP') === protocol);
  const port = typeof targetPort === 'number' ? targetPort : named?.containerPort;
  return port === undefined
    ? []
    : [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
}

/** What the slices say, at least one. */
export function slicesOf(backends: readonly Backends[]): readonly Record<string, unknown>[] {
  const slices = backends.flatMap((each) =>
    Array.from({ length: Math.ceil(each.pods.length / maxEndpoints) }, (_, index) => ({
      addressType: 'IPv4',
      endpoints: each.pods
        .slice(index * maxEndpoints, (index + 1) * maxEndpoints)
        .map((pod) => endpointOf(pod, each)),
      ...(each.ports.length > 0 ? { ports: each.ports } : {}),
    })),
  );
  return slices.length > 0 ? slices : [{ addressType: 'IPv4', endpoints: [] }];
}

/** Source: k8s.io/endpointslice podToEndpoint. */
function endpointOf(pod: Pod, { areAlwaysReady, subdomain }: Backends): Record<string, unknown> {
  const isTerminating = pod.metadata.deletionTimestamp !== undefined;
  const isServing = areAlwaysReady || isReady(pod);
  const { hostname = '' } = pod.spec;
  return {
    addresses: [pod.status.podIP],
    conditions: {
      ready: areAlwaysReady || (isServing && !isTerminating),
      serving: isServing,
      terminating: isTerminating,
    },
    ...(hostname !== '' && pod.spec.subdomain === subdomain ? { hostname } : {}),
    nodeName: pod.spec.nodeName,
    targetRef: targetOf(pod),
  };
}

export function targetOf({ metadata }: Pod): Record<string, unknown> {
  const { name, namespace, uid } = metadata;
  return { kind: 'Pod', name, namespace, uid };
}

import { judgeSide, type SideVerdict } from './judge-side.ts';
import type { NetworkPolicy } from './network-policy.ts';
import type { End, PodEnd, Port } from './traffic.ts';

export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: Port;
}

export interface Verdict {
  readonly allowed: boolean;
  /** What allows it whatever the policies say: a pod always reaches itself, and its node and it always reach each other. */
  readonly always?: 'samePod' | 'ownNode';
  /** What holds of the source, and of the destination; undefined for an address, which has no policies. */
  readonly egress?: SideVerdict;
  readonly ingress?: SideVerdict;
}

/**
 * Whether one end may open a connection to the other: the source's policies must let it out, and the destination's must let
 * it in. Answers on a connection are not asked about.
 * Source: Kubernetes' documentation of NetworkPolicies and the types of networking/v1.
 * @param policies of the namespaces of both ends, valid and with their defaults; others change nothing
 */
export function canConnect(policies: readonly NetworkPolicy[], { from, to, port }: Connection): Verdict {
  const always = alwaysAllowed(from, to);
  if (always !== undefined) return { allowed: true, always };
  const egress =
    from.kind === 'pod'
      ? judgeSide(policies, { direction: 'egress', pod: from, peer: to, to, port })
      : undefined;
  const ingress =
    to.kind === 'pod'
      ? judgeSide(policies, { direction: 'ingress', pod: to, peer: from, to, port })
      : undefined;
  return {
    allowed: egress?.allowed !== false && ingress?.allowed !== false,
    ...(egress && { egress }),
    ...(ingress && { ingress }),
  };
}

function alwaysAllowed(from: End, to: End): Verdict['always'] {
  if (from.kind === 'pod' && to.kind === 'pod') return isSamePod(from, to) ? 'samePod' : nodeOf(from, to);
  if (from.kind === 'address' && to.kind === 'address') return undefined;
  const [pod, { address }] = from.kind === 'pod' ? [from, to as { address: string }] : [to as PodEnd, from];
  if (pod.addresses.includes(address)) return 'samePod';
  return pod.hostAddresses.includes(address) ? 'ownNode' : undefined;
}

function isSamePod(from: PodEnd, to: PodEnd): boolean {
  return from.type === 'pod' && to.type === 'pod' && from.namespace === to.namespace && from.name === to.name;
}

/** A pod on its node's network is the node to the pods that run there. */
function nodeOf(from: PodEnd, to: PodEnd): Verdict['always'] {
  const isShared = from.hostAddresses.some((address) => to.hostAddresses.includes(address));
  return from.hostNetwork !== to.hostNetwork && isShared ? 'ownNode' : undefined;
}

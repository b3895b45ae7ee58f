import { labelSelectorMatcher } from '../kube/index.ts';
import { matchesPeers, type PeerMatch } from './matches-peer.ts';
import { matchesPorts } from './matches-port.ts';
import type { NetworkPolicy, NetworkPolicyRule } from './network-policy.ts';
import type { End, PodEnd, Port } from './traffic.ts';

export type Direction = 'ingress' | 'egress';

/** What one pod's policies say about a connection in one direction. */
export interface SideVerdict {
  readonly direction: Direction;
  readonly allowed: boolean;
  /** It would be allowed if a pod had an address that a rule is about; which it has is not known. */
  readonly unsure: boolean;
  /** Those that select the pod; when there is none, it is not isolated, and everything is allowed. */
  readonly policies: readonly JudgedPolicy[];
}

export interface JudgedPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly JudgedRule[];
}

/** A rule of `spec.ingress` or `spec.egress`, in their order: it allows the connection when both match. */
export interface JudgedRule {
  readonly peer: PeerMatch;
  readonly port: boolean;
}

/**
 * Adds up the policies of one pod: what any rule of any of them allows is allowed.
 * @param pod whose policies count
 * @param peer the other end
 * @param to the end that is connected to, which gives port names their meaning
 */
export function judgeSide(
  policies: readonly NetworkPolicy[],
  { direction, pod, peer, to, port }: { direction: Direction; pod: PodEnd; peer: End; to: End; port: Port },
): SideVerdict {
  const judged = policies
    .filter((policy) => selects(policy, pod, direction))
    .map(({ metadata: { namespace, name }, spec }): JudgedPolicy => {
      const rules = (spec[direction] ?? []).map((rule) => ({
        peer: matchesPeers(peersOf(rule, direction), peer, namespace),
        port: matchesPorts(rule.ports, port, to),
      }));
      return { namespace, name, rules };
    });
  const rules = judged.flatMap((policy) => policy.rules);
  const allowed = judged.length === 0 || rules.some((rule) => rule.peer === true && rule.port);
  return {
    direction,
    allowed,
    unsure: !allowed && rules.some((rule) => rule.peer === 'unknown' && rule.port),
    policies: judged,
  };
}

/** No policy means a pod on its node's network. */
function selects({ metadata, spec }: NetworkPolicy, pod: PodEnd, direction: Direction): boolean {
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  return (
    !pod.hostNetwork &&
    metadata.namespace === pod.namespace &&
    spec.policyTypes.includes(type) &&
    labelSelectorMatcher(spec.podSelector)(pod.labels)
  );
}

function peersOf(rule: NetworkPolicyRule, direction: Direction) {
  return direction === 'ingress' ? rule.from : rule.to;
}

import type { Connection, End, NetworkPolicy, NetworkPolicyPeer, PodEnd } from '../../src/netpol/index.ts';

type Labels = Readonly<Record<string, string>>;
type Selector = NonNullable<NetworkPolicyPeer['podSelector']>;

/**
 * The documentation's sentences, one after the other, with nothing shared with the engine. IPv4 only, and no pod that does
 * not run: what is unknown there is the engine's own business.
 */
export function plainlyAllowed(policies: readonly NetworkPolicy[], { from, to, port }: Connection): boolean {
  if (isSelf(from, to)) return true;
  const portOf = (name: string) =>
    to.kind === 'pod' ? to.ports.filter((p) => p.name === name && p.protocol === port.protocol) : [];

  function side(pod: End, peer: End, type: 'Ingress' | 'Egress'): boolean {
    if (pod.kind === 'address' || pod.hostNetwork) return true;
    let isolated = false;
    for (const { metadata, spec } of policies) {
      if (metadata.namespace !== pod.namespace) continue;
      if (!spec.policyTypes.includes(type)) continue;
      if (!selected(spec.podSelector, pod.labels)) continue;
      isolated = true;
      for (const rule of (type === 'Ingress' ? spec.ingress : spec.egress) ?? []) {
        const peers = (type === 'Ingress' ? rule.from : rule.to) ?? [];
        let peerMatches = peers.length === 0;
        for (const each of peers) if (isPeer(each, peer, metadata.namespace)) peerMatches = true;
        let portMatches = (rule.ports ?? []).length === 0;
        for (const each of rule.ports ?? []) {
          if ((each.protocol ?? 'TCP') !== port.protocol) continue;
          if (each.port === undefined) portMatches = true;
          else if (typeof each.port === 'string') {
            if (portOf(each.port).some(({ number }) => number === port.number)) portMatches = true;
          } else {
            for (let number = each.port; number <= (each.endPort ?? each.port); number++)
              if (number === port.number) portMatches = true;
          }
        }
        if (peerMatches && portMatches) return true;
      }
    }
    return !isolated;
  }

  return side(from, to, 'Egress') && side(to, from, 'Ingress');
}

function isSelf(from: End, to: End): boolean {
  const both = [from, to].filter((end): end is PodEnd => end.kind === 'pod');
  const [a, b] = both;
  if (a === undefined) return false;
  if (b !== undefined) {
    if (a.type === 'pod' && b.type === 'pod' && a.name === b.name && a.namespace === b.namespace) return true;
    return a.hostNetwork !== b.hostNetwork && a.hostAddresses.some((each) => b.hostAddresses.includes(each));
  }
  const other = [from, to].find((end) => end.kind === 'address');
  return other !== undefined && [...a.addresses, ...a.hostAddresses].includes(other.address);
}

function isPeer(peer: NetworkPolicyPeer, end: End, namespace: string): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    const addresses =
      end.kind === 'address' ? [end.address] : end.hostNetwork ? end.hostAddresses : end.addresses;
    return addresses.some((each) => inside(cidr, each) && except.every((hole) => !inside(hole, each)));
  }
  if (end.kind === 'address' || end.hostNetwork) return false;
  if (peer.namespaceSelector === undefined && end.namespace !== namespace) return false;
  if (peer.namespaceSelector !== undefined && !selected(peer.namespaceSelector, end.namespaceLabels))
    return false;
  return peer.podSelector === undefined || selected(peer.podSelector, end.labels);
}

function selected({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(matchLabels)) if (labels[key] !== value) return false;
  for (const { key, operator, values = [] } of matchExpressions) {
    const value = labels[key];
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
    if (operator === 'In' && (value === undefined || !values.includes(value))) return false;
    if (operator === 'NotIn' && value !== undefined && values.includes(value)) return false;
  }
  return true;
}

/** By the bits as text. */
function inside(cidr: string, address: string): boolean {
  const [network = '', length = ''] = cidr.split('/');
  return bits(network).slice(0, Number(length)) === bits(address).slice(0, Number(length));
}

function bits(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

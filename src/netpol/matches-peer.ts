import { BlockList, isIPv6 } from 'node:net';
import { labelSelectorMatcher } from '../kube/index.ts';
import type { NetworkPolicyPeer } from './network-policy.ts';
import type { End } from './traffic.ts';

/** `unknown`: the rule is about addresses, and the pod's is not known. */
export type PeerMatch = boolean | 'unknown';

/**
 * Whether an end is among a rule's peers. No peers at all are everybody. A selector of pods alone stands for the policy's
 * own namespace; a block of addresses holds pods' addresses, too. A pod on its node's network is its node: no selector
 * means it, as the API's documentation says of most network plugins.
 */
export function matchesPeers(
  peers: readonly NetworkPolicyPeer[] | undefined,
  end: End,
  policyNamespace: string,
): PeerMatch {
  if (peers === undefined || peers.length === 0) return true;
  const matches = peers.map((peer) => matchesPeer(peer, end, policyNamespace));
  return matches.find((match) => match === true) ?? matches.find((match) => match === 'unknown') ?? false;
}

function matchesPeer(peer: NetworkPolicyPeer, end: End, policyNamespace: string): PeerMatch {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock !== undefined) return isInBlock(ipBlock, end);
  if (end.kind === 'address' || end.hostNetwork) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? end.namespace === policyNamespace
      : labelSelectorMatcher(namespaceSelector)(end.namespaceLabels);
  return inNamespace && (podSelector === undefined || labelSelectorMatcher(podSelector)(end.labels));
}

function isInBlock({ cidr, except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>, end: End): PeerMatch {
  const addresses =
    end.kind === 'address' ? [end.address] : end.hostNetwork ? end.hostAddresses : end.addresses;
  if (addresses.length === 0) return 'unknown';
  return addresses.some(
    (address) => contains(cidr, address) && !except.some((part) => contains(part, address)),
  );
}

function contains(cidr: string, address: string): boolean {
  const [written = '', length = ''] = cidr.split('/');
  // Kubernetes takes leading zeros, with a warning, and reads decimals.
  const network = written.includes(':') ? written : written.replaceAll(/\b0+(?=\d)/g, '');
  if (isIPv6(network) !== isIPv6(address)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(length), familyOf(network));
  return block.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

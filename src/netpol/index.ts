/**
 * NetworkPolicies in, "may these two talk" out, with the reason: pure. Owns the semantics of the API's rules; does not own
 * where objects come from, whether they are valid, or what a network plugin does beside the rules.
 */
export { type Connection, canConnect, type Verdict } from './can-connect.ts';
export type { Direction, JudgedPolicy, JudgedRule, SideVerdict } from './judge-side.ts';
export type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyRule,
} from './network-policy.ts';
export {
  type AddressEnd,
  type ContainerPort,
  type End,
  type PodEnd,
  type Port,
  PROTOCOLS,
  type Protocol,
} from './traffic.ts';

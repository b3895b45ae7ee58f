/**
 * The policy of a real cluster: its own RBAC objects, listed and watched, kept in the policy engine as one source. Owns
 * being up to date and saying so when it is not; what the objects mean is the engine's.
 */
export {
  type ClusterPolicy,
  type ClusterPolicyDeps,
  followClusterPolicy,
  type PolicyClient,
  type PolicyKeeper,
} from './follow-cluster-policy.ts';

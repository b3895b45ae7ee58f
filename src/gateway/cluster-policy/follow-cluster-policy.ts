import { type PolicyKind, RESOURCE_OF_KIND } from '../../rbac/index.ts';
import { type FollowKindDeps, followKind } from './follow-kind.ts';
import type { PolicyKeeper } from './held-objects.ts';

export type { PolicyKeeper } from './held-objects.ts';

/** Asks the API server. The gateway's account needs get, list and watch of the four RBAC kinds in all namespaces. */
export type PolicyClient = FollowKindDeps['client'];

export interface ClusterPolicyDeps {
  readonly client: PolicyClient;
  /** Takes the objects as the source `cluster`. */
  readonly policy: PolicyKeeper;
  readonly log: FollowKindDeps['log'];
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms` milliseconds; returns the way to cancel. */
  schedule(ms: number, callback: () => void): () => void;
  /** From 0 to below 1; Math.random when absent. */
  random?(): number;
}

/** The cluster's own policy, followed. */
export interface ClusterPolicy {
  /** undefined when all four kinds are known, else why not: until then nothing may be decided. */
  synced(): string | undefined;
  /** Milliseconds since the API server last said anything, of the kind that has been silent for longest. */
  age(): number;
  /** Ends the watches; the policy stays as it is. */
  close(): void;
}

const SOURCE = 'cluster';

/**
 * Keeps the policy engine up with the RBAC objects of an API server: lists and watches the four kinds, goes on where a
 * watch broke off, lists anew when the server has forgotten that place. Once known, the policy stays in force while
 * the server is away, and `age` says for how long.
 */
export function followClusterPolicy(deps: ClusterPolicyDeps): ClusterPolicy {
  const { random = Math.random } = deps;
  const kinds = (Object.keys(RESOURCE_OF_KIND) as PolicyKind[]).map((kind) =>
    followKind({ ...deps, random, kind, source: SOURCE }),
  );
  return {
    synced: () => kinds.map((kind) => kind.synced()).find((reason) => reason !== undefined),
    age: () => Math.max(0, deps.now() - Math.min(...kinds.map((kind) => kind.lastSign()))),
    close() {
      for (const kind of kinds) kind.close();
    },
  };
}

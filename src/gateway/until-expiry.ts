import { expiryOf, isNamespacedKind, type Policy, type PolicyObject } from '../rbac/index.ts';

export interface UntilExpiryDeps {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms` milliseconds; returns the way to cancel. */
  schedule(ms: number, callback: () => void): () => void;
}

/** A policy whose bindings count no longer than they say. */
export interface ExpiringPolicy extends Policy {
  /** Bindings end no more: for when nobody decides by it any longer. */
  close(): void;
}

/** Waits are cut into these, so that a clock that was set is noticed. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Keeps bindings with an end (EXPIRES_AT) in the policy until then, whoever should have deleted them by now. So a right that
 * was given for a while ends in time here, also when nobody can write to the cluster.
 */
export function untilExpiry(policy: Policy, { now, schedule }: UntilExpiryDeps): ExpiringPolicy {
  /** The ways to cancel, by source and place. */
  const ends = new Map<string, Map<string, () => void>>();

  function forget(source: string, place: string): void {
    ends.get(source)?.get(place)?.();
    ends.get(source)?.delete(place);
  }

  function forgetAll(source: string): void {
    for (const place of [...(ends.get(source)?.keys() ?? [])]) forget(source, place);
  }

  /** The binding is in the policy: sees to it that it leaves. */
  function endInTime(source: string, object: PolicyObject): void {
    const end = isBinding(object) ? expiryOf(object.metadata) : undefined;
    if (end === undefined) return;
    const { namespace = '', name = '' } = object.metadata;
    const place = placeOf(object.kind, namespace, name);
    forget(source, place);
    const left = end - now();
    if (left <= 0) {
      policy.remove(source, object.kind, namespace, name);
      return;
    }
    const ofSource = ends.get(source) ?? new Map<string, () => void>();
    ends.set(source, ofSource);
    ofSource.set(
      place,
      schedule(Math.min(left, LONGEST_WAIT_MS), () => endInTime(source, object)),
    );
  }

  return {
    ...policy,
    put(source, object) {
      const { namespace = '', name = '' } = object.metadata;
      forget(source, placeOf(object.kind, namespace, name));
      policy.put(source, object);
      endInTime(source, object);
    },
    remove(source, kind, namespace, name) {
      forget(source, placeOf(kind, namespace, name));
      policy.remove(source, kind, namespace, name);
    },
    replaceSource(source, objects) {
      policy.replaceSource(source, objects);
      forgetAll(source);
      for (const object of objects) endInTime(source, object);
    },
    close() {
      for (const source of ends.keys()) forgetAll(source);
    },
  };
}

function isBinding({ kind }: PolicyObject): boolean {
  return kind === 'RoleBinding' || kind === 'ClusterRoleBinding';
}

function placeOf(kind: PolicyObject['kind'], namespace: string, name: string): string {
  return `${kind}/${isNamespacedKind(kind) ? namespace : ''}/${name}`;
}

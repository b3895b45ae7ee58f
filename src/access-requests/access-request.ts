import type { Person } from './person.ts';

/** What may be asked for, by the name that a binding refers to it. */
export interface RequestedRole {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
}

/**
 * Pending: nobody has decided. Approved: somebody has, and the binding is on its way. Active: the binding is there. The other
 * three are ends: Denied, Expired (while it was pending, or what was granted has run out), Revoked.
 */
export type Phase = 'Pending' | 'Approved' | 'Active' | 'Denied' | 'Expired' | 'Revoked';

/** Somebody said so, then, in these words. */
export interface Saying {
  readonly by: Person;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** For the one who reads it; '' when nothing was said. */
  readonly message: string;
}

/** Somebody asks for a role for a while. */
export interface AccessRequest {
  /** '' for one that is to hold in the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Never given to another one. */
  readonly uid: string;
  readonly requester: Person;
  readonly role: RequestedRole;
  /** How long it is to hold from the approval on, in milliseconds. */
  readonly duration: number;
  readonly reason: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  /** Nobody can approve it from then on. */
  readonly pendingUntil: number;
  readonly phase: Phase;
  /** Who approved or denied it. */
  readonly decision?: Saying;
  /** When the access ends; there from the approval on. */
  readonly until?: number;
  /** Who revoked it. */
  readonly revocation?: Saying;
  /** When it came to its end, whichever. */
  readonly endedAt?: number;
  /** Whether a binding of it may be in the cluster: from before it is written until it is known to be gone. */
  readonly mayBeBound: boolean;
}

/** One at its revision in the store. */
export interface StoredRequest extends AccessRequest {
  readonly revision: number;
}

export interface RequestName {
  readonly namespace: string;
  readonly name: string;
}

/** Whether something can still become of it. */
export function isOpen({ phase }: Pick<AccessRequest, 'phase'>): boolean {
  return phase === 'Pending' || phase === 'Approved' || phase === 'Active';
}

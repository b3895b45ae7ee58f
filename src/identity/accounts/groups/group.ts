export interface Group {
  readonly name: string;
  readonly description: string;
  /** Groups that all members of this one belong to as well. */
  readonly memberOf: readonly string[];
  /** Groups that name this one in their `memberOf`. */
  readonly subgroups: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What `kubectl apply` has said last, for itself to know. */
  readonly lastApplied?: string | undefined;
  /** For `ifRevision`. */
  readonly revision: number;
}

/** A group as the store has it, under its name. One of `memberOf` and `subgroups` is always empty: one level, no cycle. */
export interface StoredGroup {
  readonly description: string;
  readonly memberOf: readonly string[];
  readonly subgroups: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastApplied?: string;
  /** It is a group no more; what is left to do is to take it from the users that have it. */
  readonly deleting?: true;
}

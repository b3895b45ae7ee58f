/** An account as operators see it: all of it but its secrets. */
export interface User {
  /** `sub`. Never another person's, also after the account is gone. */
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly preferredUsername: string | undefined;
  /** As given; the groups that these belong to are not among them. */
  readonly groups: readonly string[];
  readonly disabled: boolean;
  /** The next sign-in ends at a form for a new password. */
  readonly mustChangePassword: boolean;
  readonly hasPassword: boolean;
  /** Milliseconds since the epoch; undefined for static accounts, as all times are. */
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly passwordChangedAt: number | undefined;
  /** `static`: of the configuration file, and not to be changed here. */
  readonly source: 'static' | 'stored';
  /** What `kubectl apply` has said last, for itself to know. */
  readonly lastApplied?: string | undefined;
  /** For `ifRevision`; 0 for static accounts. */
  readonly revision: number;
}

/** A user as the store has it, under its id. */
export interface StoredUser {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly preferredUsername?: string;
  readonly groups: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly passwordChangedAt?: number;
  readonly mustChangePassword: boolean;
  readonly lastApplied?: string;
  /** argon2id, or bcrypt where the user came from elsewhere and has not signed in yet. */
  readonly hash?: string;
  readonly reset?: {
    /** SHA-256 of the secret. */
    readonly hash: string;
    readonly expiresAt: number;
  };
}

import { hash } from 'node:crypto';

/** A browser session, or a grant that tokens were issued under. */
export interface SessionRecord {
  readonly id: string;
  readonly kind: 'browser' | 'application';
  readonly accountId: string;
  /** Of a grant. */
  readonly clientId?: string;
  /** The browser session that a grant was given in. */
  readonly browser?: string;
  /** A grant that ends with its browser session. */
  readonly bound: boolean;
  readonly scopes: readonly string[];
  readonly signedInWith: string;
  readonly lastUsedWith: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

/** What all keys of an account's sessions begin with. An account's id may hold any character: a hash holds no slash. */
export function sessionsPrefix(accountId: string): string {
  return `${hash('sha256', accountId, 'base64url')}/`;
}

export function sessionKey(accountId: string, id: string): string {
  return sessionsPrefix(accountId) + id;
}

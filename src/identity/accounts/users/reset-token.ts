import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredUser } from './user.ts';

export interface Reset {
  /** `<user id>.<secret>`: shown once, never kept. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const lifetime = 24 * 60 * 60_000;
const format = /^([0-9a-f-]{36})\.[\w-]{43}$/;

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

/** A new reset; `hash` is what the user's record keeps of it. */
export function makeReset(id: string, time: number): Reset & { readonly hash: string } {
  const token = `${id}.${randomBytes(32).toString('base64url')}`;
  return { token, expiresAt: time + lifetime, hash: hashOf(token) };
}

/** The id of the user that the token says it is for. */
export function resetOwner(token: string): string | undefined {
  return format.exec(token)?.[1];
}

export function isResetOf({ reset, disabled }: StoredUser, token: string, time: number): boolean {
  if (reset === undefined || disabled || reset.expiresAt <= time) return false;
  const known = Buffer.from(reset.hash);
  const given = Buffer.from(hashOf(token));
  return known.length === given.length && timingSafeEqual(known, given);
}

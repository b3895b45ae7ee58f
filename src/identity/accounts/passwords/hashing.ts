import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';
import type { Argon2Cost } from './hash-work.ts';

/** The functions that cost time; all of them run on libuv's threads. */
export interface Hashing {
  verifyBcrypt(password: string, hash: string): Promise<boolean>;
  verifyArgon2(password: string, hash: string): Promise<boolean>;
  hashArgon2(password: string, cost: Argon2Cost): Promise<string>;
}

/** argon2id (RFC 9106) version 0x13 with one lane, and bcrypt as htpasswd and Dex make it. */
export const hashing: Hashing = {
  verifyBcrypt: (password, hash) => bcrypt.verify(password, hash),
  verifyArgon2: (password, hash) => argon2.verify(hash, password),
  hashArgon2: (password, cost) => argon2.hash(password, { ...cost, parallelism: 1 }),
};

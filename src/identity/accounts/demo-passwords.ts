import { verify } from '@node-rs/bcrypt';
import type { StaticPassword } from '../identity-deps.ts';

/** The accounts (by e-mail) whose password is literally `password`: good for a demo on loopback and nothing else. */
export async function findDemoPasswords(passwords: readonly StaticPassword[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { email, hash } of passwords) {
    if (await verify('password', hash)) found.push(email);
  }
  return found;
}

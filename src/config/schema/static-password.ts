import { z } from 'zod';
import { BCRYPT_EXPECTED, isUsableHash } from '../bcrypt-hash.ts';

const bcryptHash = z.string().refine(isUsableHash, BCRYPT_EXPECTED);

/** A local account. */
export const staticPassword = z
  .strictObject({
    email: z.string().min(1).describe('Signs in; claim `email`.'),
    hash: bcryptHash
      .optional()
      .describe('bcrypt of the password. One of `hash` and `hashFromEnv` is needed.'),
    hashFromEnv: z.string().min(1).optional().describe('Environment variable that holds the hash.'),
    username: z.string().default('').describe('Claim `name` where `name` is absent (Dex calls it so).'),
    name: z.string().optional().describe('Claim `name`.'),
    preferredUsername: z
      .string()
      .optional()
      .describe('Signs in too; claim `preferred_username`, which the demo makes the Kubernetes user name.'),
    emailVerified: z.boolean().default(true).describe('Claim `email_verified`.'),
    userID: z.string().min(1).describe('Claim `sub`. Never give it to another person.'),
    groups: z.array(z.string()).default([]).describe('Claim `groups`.'),
  })
  .refine(
    (account) => (account.hash === undefined) !== (account.hashFromEnv === undefined),
    'expected hash (bcrypt) or hashFromEnv',
  );

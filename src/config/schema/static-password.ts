import { z } from 'zod';
import { BCRYPT_EXPECTED, readHash } from '../bcrypt-hash.ts';

const bcryptHash = z.string().transform((text, context) => {
  const hash = readHash(text);
  if (hash !== undefined) return hash;
  context.addIssue({ code: 'custom', message: BCRYPT_EXPECTED });
  return z.NEVER;
});

/** A local account. */
export const staticPassword = z
  .strictObject({
    email: z.string().min(1).describe('Signs in; claim `email`.'),
    hash: bcryptHash
      .optional()
      .describe(
        'bcrypt of the password, or that in base64. One of `hash`, `hashFromEnv` and `hashFile` is needed.',
      ),
    hashFromEnv: z.string().min(1).optional().describe('Environment variable that holds the hash.'),
    hashFile: z.string().min(1).optional().describe('File that holds the hash.'),
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
    ({ hash, hashFromEnv, hashFile }) =>
      [hash, hashFromEnv, hashFile].filter((given) => given !== undefined).length === 1,
    'expected one of hash (bcrypt), hashFromEnv and hashFile',
  );

import { z } from 'zod';

/** The accounts that are kept in the store, beside `staticPasswords`; no key of Dex's. */
export const accounts = z.strictObject({
  passwordPolicy: z
    .strictObject({
      minLength: z
        .int('expected a whole number of characters')
        .min(8, 'expected at least 8: shorter passwords can be guessed (NIST SP 800-63B)')
        .max(64, 'expected at most 64: everybody must be able to choose a password of 64 characters')
        .default(12)
        .describe(
          'Characters that a new password has at least. Passwords that attackers know and the names of the person and the service are always refused; there are no rules about kinds of characters.',
        ),
    })
    .default({ minLength: 12 }),
});

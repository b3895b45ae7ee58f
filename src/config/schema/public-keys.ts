import { z } from 'zod';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

/** Only what may be known to everybody: a private key in a configuration is a mistake. */
const publicKey = z
  .looseObject({
    kty: z
      .enum(['RSA', 'EC', 'OKP'], 'expected RSA, EC or OKP')
      .describe('Its kind; the other members are those of RFC 7518 §6.'),
  })
  .refine(
    (key) => PRIVATE_MEMBERS.every((member) => !Object.hasOwn(key, member)),
    'this is a private key: keep it with the client, and put its public half here',
  );

/** A set of public keys (RFC 7517 §5). */
export const publicKeys = z.strictObject({
  keys: z
    .array(publicKey)
    .min(1)
    .max(10)
    .describe('Public keys as JWKs (RFC 7517), of an RSA, EC or OKP key pair.'),
});

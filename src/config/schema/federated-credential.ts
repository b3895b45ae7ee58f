import { z } from 'zod';
import { isLoopback } from '../is-loopback.ts';

/** Keys come from there: whoever could change them on the way would be the client. */
function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || text.includes('#') || url.username !== '' || url.password !== '') return false;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host));
}

const SAFE_URL =
  'expected an https URL, or an http one of this machine, without user information and fragment';

/** Another issuer's word for a client. */
export const federatedCredential = z
  .strictObject({
    issuer: z
      .string()
      .refine((text) => isSafeUrl(text) && !text.includes('?'), SAFE_URL)
      .describe(
        "Exactly the tokens' `iss`. Its keys are found by OpenID Connect Discovery unless said below.",
      ),
    subject: z
      .string()
      .min(1)
      .describe("Exactly the tokens' `sub`, such as `system:serviceaccount:builds:deployer`."),
    audience: z.string().min(1).optional().meta({
      description: "The tokens' `aud`, which may have no other.",
      whenAbsent: 'the value of `issuer` at the top of the file',
    }),
    jwksURL: z
      .string()
      .refine(isSafeUrl, SAFE_URL)
      .optional()
      .describe('Where the keys are, for an issuer without discovery.'),
    jwksFile: z
      .string()
      .min(1)
      .optional()
      .describe('File with the keys (a JWK set), for an issuer that cannot be reached from here.'),
  })
  .refine(
    ({ jwksURL, jwksFile }) => jwksURL === undefined || jwksFile === undefined,
    'expected jwksURL or jwksFile, not both',
  );

export type FederatedCredential = z.output<typeof federatedCredential>;

interface Client {
  readonly id?: string | undefined;
  readonly federatedCredentials: readonly FederatedCredential[];
}

export interface SharedCredential {
  /** Index of the client, and of its credential. */
  readonly at: readonly [number, number];
  readonly message: string;
}

/** Credentials by which one token would be two clients. */
export function sharedCredentials(clients: readonly Client[]): readonly SharedCredential[] {
  const owners = new Map<string, string>();
  return clients.flatMap(({ id, federatedCredentials }, client) =>
    federatedCredentials.flatMap(({ issuer, subject }, index): SharedCredential[] => {
      const key = JSON.stringify([issuer, subject]);
      const owner = owners.get(key);
      owners.set(key, owner ?? id ?? `staticClients[${client}]`);
      if (owner === undefined) return [];
      const message = `this subject of this issuer is ${owner} already: remove one of them`;
      return [{ at: [client, index], message }];
    }),
  );
}

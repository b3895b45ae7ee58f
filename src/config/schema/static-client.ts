import { z } from 'zod';
import { httpUrl, notServed } from './values.ts';

/** An OAuth client. */
export const staticClient = z
  .strictObject({
    id: z.string().min(1).optional().describe('`client_id`. One of `id` and `idEnv` is needed.'),
    idEnv: z.string().min(1).optional().describe('Environment variable that holds `client_id`.'),
    secret: z
      .string()
      .min(1)
      .optional()
      .describe('`client_secret`. One of `secret` and `secretEnv` is needed unless `public`.'),
    secretEnv: z.string().min(1).optional().describe('Environment variable that holds `client_secret`.'),
    name: z.string().optional().meta({ description: 'The name on the consent page.', whenAbsent: 'the id' }),
    logoURL: httpUrl.optional().describe('Accepted for Dex files; not shown.'),
    public: z
      .boolean()
      .default(false)
      .describe(
        'An application without a secret. Without `redirectURIs` it may use any `http` address of this machine.',
      ),
    redirectURIs: z
      .array(z.string())
      .default([])
      .describe('Compared character by character. Needed unless `public`.'),
    postLogoutRedirectURIs: z
      .array(z.string())
      .default([])
      .describe('Where a sign-out may lead back to; compared character by character.'),
    trustedPeers: notServed('cross-client audiences are not issued; remove the key').optional(),
    allowedConnectors: notServed('there is one source of accounts; remove the key').optional(),
    backchannelLogoutURI: notServed('back-channel logout is not sent; remove the key').optional(),
    mfaChain: notServed('second factors are not asked for; remove the key').optional(),
    ssoSharedWith: notServed('one sign-in serves all clients; remove the key').optional(),
    refreshTokenLifetime: notServed('use expiry.refreshTokens').optional(),
    clientCredentialsClaims: notServed('client credentials are not served; remove the key').optional(),
  })
  .refine((client) => (client.id === undefined) !== (client.idEnv === undefined), 'expected id or idEnv')
  .refine(
    (client) => client.public || client.secret !== undefined || client.secretEnv !== undefined,
    'expected secret or secretEnv, or public: true',
  )
  .refine(
    (client) => client.public || client.redirectURIs.length > 0,
    'expected at least one of redirectURIs',
  );

import { z } from 'zod';
import { allowedGroups, claimMappings, claimValidationRules, groupFilter } from './client-policy.ts';
import { federatedCredential } from './federated-credential.ts';
import { grantTypes } from './grant-types.ts';
import { publicKeys } from './public-keys.ts';
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
      .describe('`client_secret`. One of `secret`, `secretEnv` and `secretFile` is needed unless `public`.'),
    secretEnv: z.string().min(1).optional().describe('Environment variable that holds `client_secret`.'),
    secretFile: z.string().min(1).optional().describe('File that holds `client_secret`.'),
    name: z.string().optional().meta({ description: 'The name on the consent page.', whenAbsent: 'the id' }),
    logoURL: httpUrl.optional().describe('The picture beside the name.'),
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
    trustedPeers: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Ids of the clients that may get tokens for this one, by the scope `audience:server:client_id:<id>` or by token exchange.',
      ),
    allowedGroups,
    claimValidationRules,
    groupFilter,
    claimMappings,
    allowedConnectors: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Ids of the connectors whose people may sign in to this client; `local` is this server. Looked at again wherever tokens are issued. Empty: all.',
      ),
    backchannelLogoutURI: z
      .string()
      .refine(isLogoutUri, 'expected an http or https URL without fragment and user information')
      .optional()
      .describe(
        'Where this client is told that a person has signed out, or was (OpenID Connect Back-Channel Logout 1.0).',
      ),
    backchannelLogoutSessionRequired: z
      .boolean()
      .optional()
      .describe('Accepted; `sid` is in every ID token and logout token.'),
    mfaChain: z.array(z.string().min(1)).optional().meta({
      description:
        'Ids of the authenticators in `mfa` that a sign-in to this client passes, each of them. Empty: none.',
      whenAbsent: '`mfa.defaultMFAChain`',
    }),
    ssoSharedWith: notServed('one sign-in serves all clients; remove the key').optional(),
    refreshTokenLifetime: z
      .enum(['standalone', 'session'], 'expected standalone or session')
      .default('standalone')
      .describe(
        "`session`: refresh tokens end with the browser's session, even with `offline_access`; a device, which is in no browser, gets none.",
      ),
    grantTypes: grantTypes.optional().meta({
      description:
        'What the client may get tokens by, of the `oauth2.grantTypes`. By default the device grant is for public clients without `redirectURIs`, `client_credentials` for those with a secret, and `password` for those that sign people in.',
      whenAbsent: 'all that fit the client',
    }),
    jwks: publicKeys
      .optional()
      .describe(
        'In place of a secret: the client signs an assertion (`private_key_jwt`, RFC 7523) with one of these keys.',
      ),
    federatedCredentials: z
      .array(federatedCredential)
      .max(20)
      .default([])
      .describe(
        'Tokens of other issuers that prove who the client is, as assertions (RFC 7523): a Kubernetes service account, a pipeline. In place of a secret, or beside one.',
      ),
    introspect: z
      .boolean()
      .default(false)
      .describe(
        'May ask `/token/introspect` about tokens of others, as an API gateway does. For a client that proves who it is.',
      ),
    clientCredentialsClaims: z
      .strictObject({
        groups: z
          .array(
            z
              .string()
              .min(1)
              .refine((group) => !group.startsWith('system:'), 'a group cannot begin with system:'),
          )
          .default([])
          .describe('Claim `groups` of such a token, with the scope `groups`.'),
      })
      .optional()
      .describe(
        'What tokens say that the client gets for itself, where `oauth2.grantTypes` has `client_credentials`. With it, `redirectURIs` are not needed.',
      ),
  })
  .refine((client) => (client.id === undefined) !== (client.idEnv === undefined), 'expected id or idEnv')
  .refine(
    (client) => client.jwks === undefined || (!client.public && secretsOf(client) === 0),
    'jwks stands in place of a secret: remove secret, secretEnv, secretFile and public',
  )
  .refine((client) => secretsOf(client) <= 1, 'expected one of secret, secretEnv and secretFile, not several')
  .refine(
    (client) =>
      client.public ||
      secretsOf(client) > 0 ||
      client.jwks !== undefined ||
      client.federatedCredentials.length > 0,
    'expected secret, secretEnv, secretFile, jwks or federatedCredentials, or public: true',
  )
  .refine(
    (client) => client.federatedCredentials.length === 0 || (!client.public && client.jwks === undefined),
    'federatedCredentials are for a client without jwks that is not public: remove them, or jwks and public',
  )
  .superRefine((client, context) => {
    for (const message of publicProblems(client)) context.addIssue({ code: 'custom', message });
  });

interface PublicClient {
  readonly public: boolean;
  readonly introspect: boolean;
  readonly clientCredentialsClaims?: unknown;
}

/** What a client has that proves nothing of itself, and is not for it. */
export function publicProblems(client: PublicClient): readonly string[] {
  if (!client.public) return [];
  const secretOnly = {
    introspect: client.introspect,
    clientCredentialsClaims: client.clientCredentialsClaims !== undefined,
  };
  return Object.entries(secretOnly).flatMap(([key, isThere]) =>
    isThere ? [`${key} is for a client with a secret: remove it, or public: true`] : [],
  );
}

function isLogoutUri(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    !text.includes('#') &&
    url.username === '' &&
    url.password === ''
  );
}

function secretsOf(client: { secret?: unknown; secretEnv?: unknown; secretFile?: unknown }): number {
  return [client.secret, client.secretEnv, client.secretFile].filter((given) => given !== undefined).length;
}

import { z } from 'zod';
import { BCRYPT_EXPECTED, isUsableHash } from '../bcrypt-hash.ts';
import { cidr, duration, httpUrl, listenAddress, notServed } from './values.ts';

/** The keys of a Dex configuration file (dexidp/dex cmd/dex/config.go), strict. */
export const storage = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('memory').describe('`sqlite3`, or `memory`: all is lost at the end of the process.'),
      config: z.strictObject({}).optional(),
    }),
    z.strictObject({
      type: z.literal('sqlite3'),
      config: z
        .strictObject({ file: z.string().min(1).describe('Relative to the working directory, as in Dex.') })
        .optional(),
    }),
  ],
  'expected type memory or sqlite3',
);

export const web = z
  .strictObject({
    http: listenAddress
      .optional()
      .describe('Where the identity provider listens without TLS. One of `http` and `https` is needed.'),
    https: listenAddress.optional().describe('Where it listens with TLS. Needs `tlsCert` and `tlsKey`.'),
    tlsCert: z
      .string()
      .optional()
      .describe('PEM file with the certificate (chain). Relative to the working directory, as in Dex.'),
    tlsKey: z.string().optional().describe('PEM file with its private key.'),
    tlsMinVersion: notServed('TLS 1.2 and 1.3 are accepted; remove the key').optional(),
    tlsMaxVersion: notServed('TLS 1.2 and 1.3 are accepted; remove the key').optional(),
    allowedOrigins: notServed('cross-origin requests are refused; remove the key').optional(),
    allowedHeaders: notServed('cross-origin requests are refused; remove the key').optional(),
    headers: notServed('strict security headers are always sent; remove the key').optional(),
    clientRemoteIP: z
      .strictObject({
        header: z
          .literal('X-Forwarded-For', 'only X-Forwarded-For is read')
          .default('X-Forwarded-For')
          .describe('The header that a trusted proxy puts the address in.'),
        trustedProxies: z
          .array(cidr)
          .min(1, 'expected at least one range')
          .describe('Ranges of addresses whose header is believed, for example `10.0.0.0/8`.'),
      })
      .optional()
      .describe(
        'How the address of a person behind a reverse proxy is known; failed sign-ins are counted by it.',
      ),
  })
  .refine(
    (value) => value.http !== undefined || value.https !== undefined,
    'expected http or https (host:port)',
  )
  .refine(
    (value) => value.https === undefined || (value.tlsCert !== undefined && value.tlsKey !== undefined),
    'https needs tlsCert and tlsKey',
  );

export const oauth2 = z.strictObject({
  grantTypes: z
    .array(z.enum(['authorization_code', 'refresh_token'], 'expected authorization_code or refresh_token'))
    .optional()
    .describe('Accepted for Dex files; both are always served.'),
  responseTypes: z
    .array(z.literal('code', 'only code is served (implicit and hybrid flows are unsafe, RFC 9700)'))
    .optional()
    .describe('Accepted for Dex files; `code` is what is served.'),
  skipApprovalScreen: z
    .boolean()
    .default(false)
    .describe('True: no client asks for consent. The built-in `kubectl` never does.'),
  alwaysShowLoginScreen: notServed('there is one source of accounts; remove the key').optional(),
  passwordConnector: notServed('the password grant is off; use the authorization code flow').optional(),
  pkce: z
    .strictObject({
      enforce: z
        .boolean()
        .default(false)
        .describe('True: clients with a secret must use PKCE too. Of public clients it is always required.'),
      codeChallengeMethodsSupported: z
        .array(z.literal('S256', 'only S256 is served'))
        .optional()
        .describe('Accepted for Dex files; S256 is what is served.'),
    })
    .optional(),
});

export const expiry = z.strictObject({
  idTokens: duration.optional().meta({
    description: 'Lifetime of ID tokens. Access tokens live as long, at most 1h.',
    whenAbsent: '24h',
  }),
  authRequests: duration.optional().meta({ description: 'How long a sign-in may take.', whenAbsent: '15m' }),
  deviceRequests: duration.optional().describe('Accepted for Dex files; there is no device flow.'),
  signingKeys: notServed('keys do not expire; remove the key').optional(),
  refreshTokens: z
    .strictObject({
      disableRotation: z
        .literal(false, 'refresh tokens are always rotated; remove the key')
        .optional()
        .describe('Accepted for Dex files; refresh tokens are always rotated.'),
      reuseInterval: notServed('a refresh token is used once; remove the key').optional(),
      validIfNotUsedFor: duration.optional().meta({
        description: 'A refresh token that is not used for so long is dead.',
        whenAbsent: '336h (14 days)',
      }),
      absoluteLifetime: duration.optional().meta({
        description: 'Counted from the sign-in; then the person signs in again.',
        whenAbsent: '2160h (90 days)',
      }),
    })
    .optional(),
});

export const logger = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error')
    .default('info')
    .describe('What is written to standard error.'),
  format: z.enum(['text', 'json'], 'expected text or json').default('text').describe('How it is written.'),
  excludeFields: notServed('secrets are never logged; remove the key').optional(),
});

export const telemetry = z.strictObject({
  http: listenAddress.optional().meta({
    description:
      'Where `/metrics` and the health checks are served, in clear and to everybody who can reach the address.',
    whenAbsent: 'not served',
  }),
  enableProfiling: z
    .literal(false, 'there is no profiling endpoint; set false or remove the key')
    .optional()
    .describe('Accepted for Dex files; there is no profiling endpoint.'),
});

export const frontend = z.strictObject({
  issuer: z.string().optional().meta({ description: 'The name on the pages.', whenAbsent: 'Sallyport' }),
  logoURL: httpUrl.optional().describe('The picture on the pages.'),
  theme: z
    .enum(['light', 'dark'], 'expected light or dark')
    .optional()
    .meta({ description: 'Colours of the pages.', whenAbsent: "the browser's preference" }),
  dir: notServed('templates are built in; use issuer, logoURL and theme').optional(),
  extra: notServed('templates take no extra values; remove the key').optional(),
});

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

const bcryptHash = z.string().refine(isUsableHash, BCRYPT_EXPECTED);

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

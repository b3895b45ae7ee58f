import { z } from 'zod';
import { duration, httpUrl, listenAddress, notServed } from './values.ts';

/** The keys of a Dex configuration file (dexidp/dex cmd/dex/config.go), strict. */
export const storage = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('memory'), config: z.strictObject({}).optional() }),
    z.strictObject({
      type: z.literal('sqlite3'),
      config: z.strictObject({ file: z.string().min(1) }).optional(),
    }),
  ],
  'expected type memory or sqlite3',
);

export const web = z
  .strictObject({
    http: listenAddress.optional(),
    https: listenAddress.optional(),
    tlsCert: z.string().optional(),
    tlsKey: z.string().optional(),
    tlsMinVersion: notServed('TLS 1.2 and 1.3 are accepted; remove the key').optional(),
    tlsMaxVersion: notServed('TLS 1.2 and 1.3 are accepted; remove the key').optional(),
    allowedOrigins: notServed('cross-origin requests are refused; remove the key').optional(),
    allowedHeaders: notServed('cross-origin requests are refused; remove the key').optional(),
    headers: notServed('strict security headers are always sent; remove the key').optional(),
    clientRemoteIP: notServed('forwarded addresses are not trusted; remove the key').optional(),
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
    .optional(),
  responseTypes: z
    .array(z.literal('code', 'only code is served (implicit and hybrid flows are unsafe, RFC 9700)'))
    .optional(),
  skipApprovalScreen: z.boolean().default(false),
  alwaysShowLoginScreen: notServed('there is one source of accounts; remove the key').optional(),
  passwordConnector: notServed('the password grant is off; use the authorization code flow').optional(),
  pkce: z
    .strictObject({
      enforce: z.literal(true, 'PKCE is required of every client; set true or remove the key').optional(),
      codeChallengeMethodsSupported: z.array(z.literal('S256', 'only S256 is served')).optional(),
    })
    .optional(),
});

export const expiry = z.strictObject({
  idTokens: duration.optional(),
  authRequests: duration.optional(),
  deviceRequests: duration.optional(),
  signingKeys: notServed('keys do not expire; remove the key').optional(),
  refreshTokens: z
    .strictObject({
      disableRotation: z.literal(false, 'refresh tokens are always rotated; remove the key').optional(),
      reuseInterval: notServed('a refresh token is used once; remove the key').optional(),
      validIfNotUsedFor: duration.optional(),
      absoluteLifetime: duration.optional(),
    })
    .optional(),
});

export const logger = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error').default('info'),
  format: z.enum(['text', 'json'], 'expected text or json').default('text'),
  excludeFields: notServed('secrets are never logged; remove the key').optional(),
});

export const frontend = z.strictObject({
  issuer: z.string().optional(),
  logoURL: httpUrl.optional(),
  theme: z.enum(['light', 'dark'], 'expected light or dark').optional(),
  dir: notServed('templates are built in; use issuer, logoURL and theme').optional(),
  extra: notServed('templates take no extra values; remove the key').optional(),
});

export const staticClient = z
  .strictObject({
    id: z.string().min(1).optional(),
    idEnv: z.string().min(1).optional(),
    secret: z.string().min(1).optional(),
    secretEnv: z.string().min(1).optional(),
    name: z.string().optional(),
    logoURL: httpUrl.optional(),
    public: z.boolean().default(false),
    redirectURIs: z.array(z.string()).default([]),
    postLogoutRedirectURIs: z.array(z.string()).default([]),
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

export const staticPassword = z
  .strictObject({
    email: z.string().min(1),
    hash: z.string().optional(),
    hashFromEnv: z.string().min(1).optional(),
    username: z.string().default(''),
    name: z.string().optional(),
    preferredUsername: z.string().optional(),
    emailVerified: z.boolean().default(true),
    userID: z.string().min(1),
    groups: z.array(z.string()).default([]),
  })
  .refine(
    (account) => (account.hash === undefined) !== (account.hashFromEnv === undefined),
    'expected hash (bcrypt) or hashFromEnv',
  );

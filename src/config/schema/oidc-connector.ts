import { RE2JS } from 're2js';
import { z } from 'zod';
import { isLoopback } from '../is-loopback.ts';
import { httpUrl, notServed } from './values.ts';

const claimName = z.string().min(1, 'expected the name of a claim');

const named = (what: string, usual: string) =>
  claimName.optional().meta({ description: what, whenAbsent: `\`${usual}\`` });

const pattern = z.string().superRefine((text, context) => {
  try {
    RE2JS.compile(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `no pattern that RE2 takes: ${(error as Error).message}` });
  }
});

/** Whoever could change its answers on the way would be everybody. */
const safeUrl = httpUrl.refine((text) => {
  const url = URL.parse(text);
  const host = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? '';
  return url === null || url.protocol === 'https:' || isLoopback(host);
}, 'expected https: over http whoever sits on the way says who signs in');

const overrides = z
  .strictObject({
    tokenURL: safeUrl.optional().describe('In place of `token_endpoint`.'),
    authURL: safeUrl.optional().describe('In place of `authorization_endpoint`.'),
    jwksURL: safeUrl.optional().describe('In place of `jwks_uri`.'),
  })
  .optional()
  .describe("What counts in place of what the provider's discovery document says.");

const claimMapping = z
  .strictObject({
    preferred_username: named('The claim with the username.', 'preferred_username'),
    email: named('The claim with the e-mail address.', 'email'),
    groups: named('The claim with the groups.', 'groups'),
  })
  .optional()
  .describe('Claims that count where the usual ones are not there; with `overrideClaimMapping` always.');

const claimModifications = z
  .strictObject({
    newGroupFromClaims: z
      .array(
        z.strictObject({
          claims: z
            .array(claimName)
            .min(1)
            .describe('Joined in this order; one that is no text is left out.'),
          delimiter: z.string().default('').describe('What stands between prefix and values.'),
          clearDelimiter: z
            .boolean()
            .default(false)
            .describe('True: the delimiter is taken out of the values, so that nobody can make up a part.'),
          prefix: z.string().default('').describe('What the group begins with.'),
        }),
      )
      .default([])
      .describe('Groups made of other claims.'),
    filterGroupClaims: z
      .strictObject({
        groupsFilter: pattern.optional().describe('Only groups with a match of this pattern (RE2) count.'),
      })
      .optional(),
    modifyGroupNames: z
      .strictObject({
        prefix: z.string().default('').describe('Put before the name of each group.'),
        suffix: z.string().default('').describe('Put behind it.'),
      })
      .optional(),
  })
  .optional()
  .describe('What becomes of the groups.');

/** `config` of a connector of type `oidc`: Dex's keys. Source: dexidp/dex connector/oidc/oidc.go (Config). */
export const oidcConnectorConfig = z
  .strictObject({
    issuer: safeUrl.describe(
      "Of the provider, as its discovery document names it: exactly its tokens' `iss`. It is asked when somebody signs in, never at the start.",
    ),
    clientID: z.string().min(1).describe('`client_id` there.'),
    clientSecret: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The secret there. At most one of `clientSecret`, `clientSecretEnv` and `clientSecretFile`; none for a public client.',
      ),
    clientSecretEnv: z.string().min(1).optional().describe('Environment variable that holds it.'),
    clientSecretFile: z.string().min(1).optional().describe('File that holds it.'),
    redirectURI: z.string().optional().meta({
      description:
        'Registered there: `<issuer>/callback`, or `<issuer>/callback/<id>`, which no other connector can be taken for.',
      whenAbsent: '`<issuer>/callback/<id>`',
      valueType: 'URL',
    }),
    scopes: z.array(z.string().min(1)).optional().meta({
      description:
        'Beside `openid`. With `offline_access`, where the provider wants that for a refresh token: without one, nobody gets a refresh token here either.',
      whenAbsent: '`profile`, `email`',
    }),
    basicAuthUnsupported: z.boolean().optional().meta({
      description: 'True: the secret is sent in the body (`client_secret_post`).',
      whenAbsent: 'what the discovery document says',
    }),
    rootCAs: z
      .array(z.string().min(1))
      .default([])
      .describe("Certificate authorities beside the system's: files, PEM texts, or PEM in base64."),
    insecureSkipEmailVerified: z
      .boolean()
      .default(false)
      .describe('True: an e-mail address counts as verified where the provider does not say.'),
    insecureEnableGroups: z
      .boolean()
      .default(false)
      .describe(
        "True: the provider's groups count. Whoever names groups there decides what people may do here: see `claimModifications`.",
      ),
    allowedGroups: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Only members of one of these sign in, and of their groups only these count. Needs `insecureEnableGroups`.',
      ),
    acrValues: z.array(z.string().min(1)).default([]).describe('Sent as `acr_values`.'),
    getUserInfo: z
      .boolean()
      .default(false)
      .describe('True: claims of the userinfo endpoint count, too, before those of the ID token.'),
    userIDKey: named('The claim that says who it is, for ever.', 'sub'),
    userNameKey: named('The claim with the name.', 'name'),
    promptType: z.string().optional().meta({
      description: 'Sent as `prompt` with a sign-in that gets a refresh token; `""` for none.',
      whenAbsent: '`consent`',
    }),
    pkceChallenge: z
      .literal('S256', 'only S256 is used, which every sign-in has: set S256 or remove the key')
      .optional()
      .describe('Accepted for Dex files; PKCE with S256 is always used.'),
    overrideClaimMapping: z
      .boolean()
      .default(false)
      .describe('True: the claims of `claimMapping` count also where the usual ones are there.'),
    claimMapping,
    claimModifications,
    providerDiscoveryOverrides: overrides,
    hostedDomains: z
      .tuple([], 'Dex ignores this key: list the groups in allowedGroups, or remove the key')
      .optional()
      .describe('Accepted for Dex files when empty.'),
    insecureSkipVerify: z
      .literal(
        false,
        'anybody could pass for the provider: give its certificate authority in rootCAs, and remove the key',
      )
      .optional()
      .describe('Accepted for Dex files when false.'),
    issuerAlias: notServed(
      "set issuer to what the provider's discovery document says; remove the key",
    ).optional(),
  })
  .refine(
    (given) =>
      [given.clientSecret, given.clientSecretEnv, given.clientSecretFile].filter((one) => one !== undefined)
        .length <= 1,
    'expected one of clientSecret, clientSecretEnv and clientSecretFile, not several',
  )
  .refine(({ allowedGroups, insecureEnableGroups }) => allowedGroups.length === 0 || insecureEnableGroups, {
    path: ['allowedGroups'],
    message: 'nobody has a group without insecureEnableGroups: true: add that, or remove the key',
  });

export type OIDCConnectorConfig = z.output<typeof oidcConnectorConfig>;

import { z } from 'zod';
import { localConnector } from './connectors.ts';
import { dynamicClientRegistration } from './dynamic-registration.ts';
import { grantTypes } from './grant-types.ts';
import { duration, durationOrZero, finiteDuration, httpUrl, listenAddress } from './values.ts';

export const oauth2 = z.strictObject({
  grantTypes: grantTypes.optional().meta({
    description:
      'Which grant types are served. Without `authorization_code` people sign in for devices only, and to the pages of this server.',
    whenAbsent: 'all of them but `client_credentials`, and `password` with `passwordConnector` only',
  }),
  responseTypes: z
    .array(z.literal('code', 'only code is served (implicit and hybrid flows are unsafe, RFC 9700)'))
    .optional()
    .describe('Accepted for Dex files; `code` is what is served.'),
  subjectEncoding: z
    .enum(['plain', 'dex'], 'expected plain or dex')
    .default('plain')
    .describe(
      '`dex`: `sub` is the `userID` with the connector’s id, encoded as Dex does it, for those whose roles or applications are bound to it. Never change it while tokens are about.',
    ),
  skipApprovalScreen: z
    .boolean()
    .default(false)
    .describe('True: no client asks for consent. The built-in `kubectl` never does.'),
  alwaysShowLoginScreen: z
    .boolean()
    .optional()
    .describe('True: the choice of a source is shown also where there is only one, a connector.'),
  passwordConnector: z
    .literal(localConnector, `there is no such connector; the only one is ${localConnector}`)
    .optional()
    .describe(
      'Has the `password` grant served, whose passwords are those of `local`: applications then ask people for them, and see them. Nobody with a second factor gets tokens by it. Better: a device code.',
    ),
  dynamicClientRegistration: dynamicClientRegistration.optional().meta({
    description: 'Lets applications register themselves as clients (RFC 7591), and manage that (RFC 7592).',
    whenAbsent: 'only `staticClients`',
  }),
  pkce: z
    .strictObject({
      enforce: z
        .boolean()
        .default(false)
        .describe('True: clients with a secret must use PKCE too. Of public clients it is always required.'),
      codeChallengeMethodsSupported: z
        .array(z.literal('S256', 'only S256 is served: clients that send plain have to send S256'))
        .optional()
        .describe('Accepted for Dex files; S256 is what is served.'),
    })
    .optional(),
});

/** Longer, a stolen token would be of use to its thief, too. */
const LONGEST_REUSE_INTERVAL = 5 * 60_000;

export const expiry = z.strictObject({
  idTokens: duration.optional().meta({
    description: 'Lifetime of ID tokens. Access tokens live as long, at most 1h.',
    whenAbsent: '24h',
  }),
  authRequests: duration.optional().meta({ description: 'How long a sign-in may take.', whenAbsent: '15m' }),
  deviceRequests: duration.optional().meta({
    description:
      'How long the code that a device shows may be entered, and the device may ask for its tokens.',
    whenAbsent: '5m',
  }),
  signingKeys: duration
    .optional()
    .describe("Dex's former name of `signer.config.keysRotationPeriod`, which counts where both are given."),
  refreshTokens: z
    .strictObject({
      disableRotation: z.boolean().optional().meta({
        description:
          'True: a refresh token stays the same at each use, and nobody learns that it was stolen. Weaker; for clients that cannot keep the next one. `reuseInterval` has no meaning then.',
        whenAbsent: '`false`',
      }),
      reuseInterval: durationOrZero
        .refine((ms) => ms <= LONGEST_REUSE_INTERVAL, 'expected at most 5m')
        .optional()
        .meta({
          description:
            'For so long a used refresh token may be presented again, by an application that lost the answer: it gets the same successor. `0s`: never.',
          whenAbsent: '30s',
        }),
      validIfNotUsedFor: finiteDuration.optional().meta({
        description: 'A refresh token that is not used for so long is dead.',
        whenAbsent: '336h (14 days)',
      }),
      absoluteLifetime: finiteDuration.optional().meta({
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
  excludeFields: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Names of fields that are left out of every line, for example `email` (secrets are never in one).',
    ),
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
  logoURL: z
    .union(
      [httpUrl, z.literal('theme/logo.png')],
      'expected an http or https URL without user information, query and fragment',
    )
    .transform((url) => (url === 'theme/logo.png' ? undefined : url))
    .optional()
    .meta({
      description: "The picture on the pages. Dex's `theme/logo.png` means its own.",
      valueType: 'URL',
    }),
  theme: z
    .enum(['light', 'dark'], 'expected light or dark')
    .optional()
    .meta({ description: 'Colours of the pages.', whenAbsent: "the browser's preference" }),
  accentColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as "#0f5f6b", in quotes')
    .optional()
    .meta({
      description:
        'Colour of buttons, links and marks, `#rrggbb`. It is darkened or lightened as far as each theme needs to be legible.',
      whenAbsent: 'a calm teal',
    }),
  supportURL: z
    .union([httpUrl, z.string().regex(/^mailto:[^\s@]+@[^\s@]+$/)], 'expected an http, https or mailto URL')
    .optional()
    .meta({
      description: 'Where people get help: a link in the same place of every page.',
      valueType: 'URL',
    }),
  notice: z
    .union(
      [z.string().min(1), z.record(z.string().regex(/^[a-z]{2,3}$/), z.string().min(1))],
      'expected a text, or texts by language, such as { en: …, sv: … }',
    )
    .optional()
    .meta({
      description:
        'What to say on the sign-in page: one text, or one for each language (`en` for those that have none).',
      valueType: 'string or object',
    }),
  dir: z
    .literal('', 'pages are built in; use issuer, logoURL and theme, and remove the key')
    .optional()
    .describe('Accepted for Dex files when empty; the pages are built in.'),
  extra: z
    .record(z.string(), z.string())
    .optional()
    .describe("Accepted for Dex files; the built-in pages, like Dex's, use none of it."),
});

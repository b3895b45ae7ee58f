import { z } from 'zod';
import { duration } from './values.ts';

/** What can stand in an Authorization header (RFC 6750 §2.1), and is not to be guessed. */
export const INITIAL_ACCESS_TOKEN = /^[A-Za-z0-9\-._~+/]{32,256}=*$/;
export const INITIAL_ACCESS_TOKEN_EXPECTED = 'expected 32 or more letters, digits and -._~+/';

const HOUR_MS = 3_600_000;

/** `oauth2.dynamicClientRegistration`; no key of Dex's. */
export const dynamicClientRegistration = z
  .strictObject({
    initialAccessToken: z
      .string()
      .regex(INITIAL_ACCESS_TOKEN, INITIAL_ACCESS_TOKEN_EXPECTED)
      .optional()
      .describe(
        'Who sends this in `Authorization: Bearer` may register a client. One of it, `initialAccessTokenEnv` and `initialAccessTokenFile` is needed, unless `open`.',
      ),
    initialAccessTokenEnv: z.string().min(1).optional().describe('Environment variable that holds it.'),
    initialAccessTokenFile: z.string().min(1).optional().describe('File that holds it.'),
    open: z
      .boolean()
      .default(false)
      .describe('True: everybody who reaches this server may register clients, with no token.'),
    maxClients: z
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe('Clients that are registered at the same time; more are refused.'),
    unusedFor: duration
      .refine((ms) => ms >= HOUR_MS, 'expected an hour at least')
      .default(30 * 24 * HOUR_MS)
      .meta({
        description:
          'A client that nobody has got tokens by for so long is removed; one that was never used, after a day, or an hour where it is `open`.',
        whenAbsent: '720h (30 days)',
        valueType: 'duration',
      }),
  })
  .refine(
    (given) => tokensOf(given) === (given.open ? 0 : 1),
    'expected one of initialAccessToken, initialAccessTokenEnv and initialAccessTokenFile; or open: true and none of them',
  );

function tokensOf(given: {
  readonly initialAccessToken?: unknown;
  readonly initialAccessTokenEnv?: unknown;
  readonly initialAccessTokenFile?: unknown;
}): number {
  return [given.initialAccessToken, given.initialAccessTokenEnv, given.initialAccessTokenFile].filter(
    (one) => one !== undefined,
  ).length;
}

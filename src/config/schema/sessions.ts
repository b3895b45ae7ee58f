import { z } from 'zod';
import { duration, notServed } from './values.ts';

/** Cookies of the identity provider's own beside the session's. */
const takenNames = [
  'sallyport_page',
  'sallyport_interaction',
  'sallyport_resume',
  'sallyport_device',
  'sallyport_signed_in',
];

/** Dex's `sessions`: how long a browser stays signed in. */
export const sessions = z.strictObject({
  cookieName: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,63}$/, 'expected letters, digits, - and _, beginning with a letter')
    .refine((name) => !takenNames.includes(name), 'another cookie has this name; choose a different one')
    .optional()
    .meta({
      description: 'Name of the session cookie; over TLS it gets the prefix `__Host-`.',
      whenAbsent: 'sallyport_session',
    }),
  absoluteLifetime: duration.optional().meta({
    description: 'A browser is signed in for so long after the sign-in, however busy it is.',
    whenAbsent: '24h',
  }),
  validIfNotUsedFor: duration.optional().meta({
    description:
      'A session that is not used for so long is over, unless the person asked to be kept signed in. Refreshing a token that is bound to it is a use.',
    whenAbsent: '1h',
  }),
  rememberMeCheckedByDefault: z
    .boolean()
    .default(false)
    .describe(
      'Whether "Keep me signed in" is ticked on the sign-in page. Ticked: until `absoluteLifetime`. Not ticked: until the browser is closed.',
    ),
  cookieEncryptionKey: notServed(
    'the cookie is a random id, of which only a hash is kept; remove the key',
  ).optional(),
  ssoSharedWithDefault: z
    .literal('all', 'one sign-in serves all clients; set all or remove the key')
    .optional()
    .describe('Accepted for Dex files; one sign-in serves all clients.'),
});

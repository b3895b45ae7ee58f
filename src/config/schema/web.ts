import { z } from 'zod';
import { cidr, listenAddress } from './values.ts';

/** YAML reads a bare 1.2 as a number, and Dex takes it. */
const tlsVersion = z
  .union([z.enum(['1.2', '1.3']), z.literal([1.2, 1.3])], 'expected 1.2 or 1.3')
  .transform((version) => `TLSv${version}` as 'TLSv1.2' | 'TLSv1.3')
  .meta({ valueType: '`1.2`, `1.3`' });

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** As a browser sends it in `Origin`: a default port or a slash at the end would never match. */
const origin = z.string().refine((text) => {
  if (text === '*') return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
}, 'expected an origin such as https://app.example.com (no path, no slash at the end), or *');

const headerText = z.string().regex(/^[\t\x20-\x7e]*$/, 'expected a header in printable ASCII');

/** Dex's headers for answers. What would weaken the pages is refused; a policy adds to the one that is always sent. */
const responseHeaders = z.strictObject({
  'Content-Security-Policy': headerText
    .optional()
    .describe('Sent beside the strict policy that the pages always have; a browser enforces both.'),
  'X-Frame-Options': z
    .string()
    .regex(/^deny$/i, 'no page may be framed; set DENY or remove the key')
    .optional()
    .describe('Accepted for Dex files; `DENY` is always sent.'),
  'X-Content-Type-Options': z
    .literal('nosniff', 'expected nosniff')
    .optional()
    .describe('Accepted for Dex files; `nosniff` is always sent.'),
  'X-XSS-Protection': headerText
    .optional()
    .meta({ description: 'For old browsers; new ones have no such filter.', whenAbsent: '`0`' }),
  'Strict-Transport-Security': headerText.optional().meta({
    description: 'How long browsers must come back over TLS. Sent when the issuer is `https`.',
    whenAbsent: '`max-age=31536000`',
  }),
});

/** How door 1 is reached over HTTP. */
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
    tlsMinVersion: tlsVersion
      .optional()
      .meta({ description: 'The oldest TLS version.', whenAbsent: '`1.2`' }),
    tlsMaxVersion: tlsVersion
      .optional()
      .meta({ description: 'The newest TLS version.', whenAbsent: '`1.3`' }),
    allowedOrigins: z
      .array(origin)
      .default([])
      .describe(
        'Sites whose scripts may read the discovery document, `/keys`, `/token`, `/token/introspect` and `/userinfo` (CORS). `*` means every site.',
      ),
    allowedHeaders: z
      .array(z.string().regex(HEADER_NAME, 'expected the name of a header'))
      .optional()
      .meta({ description: 'Request headers that these scripts may send.', whenAbsent: '`Authorization`' }),
    headers: responseHeaders.optional(),
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
  )
  .refine(
    ({ tlsMinVersion = 'TLSv1.2', tlsMaxVersion = 'TLSv1.3' }) => tlsMinVersion <= tlsMaxVersion,
    'tlsMinVersion is newer than tlsMaxVersion',
  );

import { z } from 'zod';
import { cidr, listenAddress, notServed } from './values.ts';

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

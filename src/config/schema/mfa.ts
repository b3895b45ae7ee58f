import { z } from 'zod';
import type { Refuse } from './values.ts';

/** Whom it is for, in Dex's words for the kinds of connectors. */
const connectorTypes = z.array(z.string().min(1)).optional().meta({
  description: 'Connector types whose people it is for: `local`, `oidc`.',
  whenAbsent: 'all',
});

const id = z.string().min(1).describe('What chains call it.');

const types = '`TOTP`: codes of an authenticator app (RFC 6238). `WebAuthn`: passkeys and security keys.';

const totp = z.strictObject({
  id,
  type: z.literal('TOTP').describe(types),
  config: z
    .strictObject({
      issuer: z.string().min(1).optional().meta({
        description: 'The name of this service in authenticator apps.',
        whenAbsent: '`frontend.issuer`',
      }),
    })
    .default({}),
  connectorTypes,
});

const webAuthn = z.strictObject({
  id,
  type: z.literal('WebAuthn').describe(types),
  config: z
    .strictObject({
      rpDisplayName: z.string().min(1).optional().meta({
        description: 'The name of this service where the browser shows it.',
        whenAbsent: '`frontend.issuer`',
      }),
      rpID: z
        .string()
        .optional()
        .meta({ description: 'Must be the host of the issuer.', whenAbsent: 'the host of the issuer' }),
      rpOrigins: z.array(z.string()).optional().meta({
        description: 'Must be the origin of the issuer alone.',
        whenAbsent: 'the origin of the issuer',
      }),
      attestationPreference: z
        .literal('none', 'what a passkey says of its maker is not looked at; set none or remove the key')
        .optional()
        .describe('Accepted for Dex files; only `none`.'),
      userVerification: z
        .enum(['required', 'preferred', 'discouraged'], 'expected required, preferred or discouraged')
        .default('preferred')
        .describe(
          'Whether a passkey as second factor must ask for a PIN, a fingerprint or the like. As the only factor it always must.',
        ),
      authenticatorAttachment: z
        .enum(['platform', 'cross-platform'], 'expected platform or cross-platform')
        .optional()
        .meta({ description: 'Which passkeys can be enrolled.', whenAbsent: 'both kinds' }),
    })
    .default({ userVerification: 'preferred' }),
  connectorTypes,
});

/** Dex's `mfa`, and a key of ours. */
export const mfa = z
  .strictObject({
    authenticators: z
      .array(z.discriminatedUnion('type', [totp, webAuthn], 'expected TOTP or WebAuthn'))
      .default([])
      .describe('Second factors that chains can name.'),
    defaultMFAChain: z
      .array(z.string().min(1))
      .default([])
      .describe('Ids of the authenticators that a sign-in passes, for clients without an `mfaChain`.'),
    requiredForGroups: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Members of these need a second factor, of any kind, wherever they sign in. Who has none enrols one at the next sign-in.',
      ),
  })
  .superRefine(({ authenticators }, context) => {
    const seen = new Set<string>();
    for (const [index, one] of authenticators.entries()) {
      if (seen.has(one.id))
        context.addIssue({
          code: 'custom',
          path: ['authenticators', index, 'id'],
          message: 'another authenticator has this id',
        });
      seen.add(one.id);
    }
  });

interface Chained {
  readonly issuer: string;
  readonly mfa: z.output<typeof mfa>;
  readonly staticClients: readonly { readonly mfaChain?: readonly string[] | undefined }[];
}

/** Chains name authenticators that are there, and passkeys are asked for where browsers make them. */
export function checkMfa(config: Chained, refuse: Refuse): void {
  const known = config.mfa.authenticators.map(({ id: name }) => name);
  const at = (path: readonly (string | number)[]): Refuse => {
    return (place, message) => refuse([...path, ...place], message);
  };
  checkChain(config.mfa.defaultMFAChain, known, at(['mfa', 'defaultMFAChain']));
  for (const [index, { mfaChain = [] }] of config.staticClients.entries())
    checkChain(mfaChain, known, at(['staticClients', index, 'mfaChain']));
  checkPasskeys(config, refuse);
}

/** @param known ids of the authenticators that there are */
export function checkChain(chain: readonly string[], known: readonly string[], refuse: Refuse): void {
  for (const [index, name] of chain.entries()) {
    if (known.includes(name)) continue;
    const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
    refuse([index], `no authenticator of mfa.authenticators has this id; ${there}`);
  }
}

function checkPasskeys({ issuer, mfa: { authenticators } }: Chained, refuse: Refuse): void {
  const { origin, hostname, protocol } = new URL(issuer);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  const possible = isLocal || (protocol === 'https:' && !/^\[|^[\d.]+$/.test(hostname));
  for (const [index, one] of authenticators.entries()) {
    if (one.type !== 'WebAuthn') continue;
    const path = ['mfa', 'authenticators', index];
    if (!possible)
      refuse(
        [...path, 'type'],
        `browsers make no passkeys for ${issuer}: WebAuthn needs an issuer whose host is a name, over https, or localhost`,
      );
    if (one.config.rpID !== undefined && one.config.rpID !== hostname)
      refuse([...path, 'config', 'rpID'], `expected the host of the issuer, ${hostname}; or remove the key`);
    if (one.config.rpOrigins?.some((other) => other !== origin) === true)
      refuse(
        [...path, 'config', 'rpOrigins'],
        `expected the origin of the issuer, ${origin}; or remove the key`,
      );
  }
}

import { z } from 'zod';
import { duration } from './values.ts';

/** How tokens are signed, in Dex's shape. */
export const signer = z.strictObject({
  type: z
    .literal(
      'local',
      'not served by this version: keys in Vault or OpenBao; use type local, and storage.encryption to keep its keys encrypted',
    )
    .describe('`local`: keys are made here and kept in the storage.'),
  config: z
    .strictObject({
      keysRotationPeriod: duration.optional().meta({
        description:
          'How long a key signs. Shorter than 11m counts as 11m: a new key is published for so long before it signs.',
        whenAbsent: '24h',
      }),
      algorithm: z
        .enum(['RS256', 'ES256', 'EdDSA'], 'expected RS256, ES256 or EdDSA')
        .default('RS256')
        .describe(
          'What ID tokens are signed with. Another one takes effect when its first key was published for 11m. Kubernetes takes no `EdDSA`.',
        ),
    })
    .optional(),
});

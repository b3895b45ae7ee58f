import { z } from 'zod';
import { auditLog } from './audit-log.ts';
import { auditWebhook } from './audit-webhook.ts';

/** Where the identity provider's audit trail goes; no key of Dex's. What requests do is `gateway.audit`. */
export const audit = z
  .strictObject({
    log: auditLog
      .optional()
      .describe('A file of its own. An event is written before the answer that it is about leaves.'),
    webhook: auditWebhook
      .omit({ durability: true })
      .optional()
      .describe(
        'Events wait in the storage until the receiver has taken them; an answer leaves when its event is there.',
      ),
    strict: z
      .boolean()
      .default(false)
      .describe(
        'Whether an answer is held back when its event cannot be stored: nobody gets a code or a token of which there is no trace.',
      ),
  })
  .refine(({ log, webhook }) => log !== undefined || webhook !== undefined, 'expected log or webhook');

import { z } from 'zod';
import { auditLog } from './audit-log.ts';
import { auditWebhook } from './audit-webhook.ts';

/** Members of an event by which somebody could be known. */
const personal = z.enum(
  ['actor', 'address', 'browser', 'client', 'detail', 'interaction', 'requestID', 'sid', 'subject'],
  'expected a member that says who or where: actor, address, browser, client, detail, interaction, requestID, sid or subject',
);

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
    excludeFields: z
      .array(personal)
      .default([])
      .describe(
        'Members of events that are left out, where they must not be kept: `address`, for example, which the `detail` of device codes has, too.',
      ),
    strict: z
      .boolean()
      .default(false)
      .describe(
        'Whether an answer is held back when its event cannot be stored: nobody gets a code or a token of which there is no trace.',
      ),
  })
  .refine(({ log, webhook }) => log !== undefined || webhook !== undefined, 'expected log or webhook');

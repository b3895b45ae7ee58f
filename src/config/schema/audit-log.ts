import { z } from 'zod';

/** A log of audit events, of either door. */
export const auditLog = z.strictObject({
  path: z.string().describe('Where the events go, a JSON object a line; `-` is the standard output.'),
  maxSizeMiB: z.int().min(1).default(100).describe('Size at which the file is set aside.'),
  maxAgeDays: z.int().min(1).default(366).describe('How long files set aside are kept.'),
  maxBackups: z.int().min(1).default(100).describe('How many of them are kept.'),
});

import { z } from 'zod';
import { duration } from './values.ts';

/** The webhook backend of `gateway.audit`, and of `audit`. */
export const auditWebhook = z.strictObject({
  configFile: z
    .string()
    .describe(
      "A kubeconfig file, as kube-apiserver's `--audit-webhook-config-file` takes it: the server of its current context is the URL that events are posted to.",
    ),
  allowInsecure: z
    .boolean()
    .default(false)
    .describe('Allows plain http to another machine and `insecure-skip-tls-verify`.'),
  batch: z
    .strictObject({
      maxSize: z.int().min(1).default(400).describe('Events in one request.'),
      maxWait: duration.default(1000).meta({
        description:
          'How long events are gathered before they are stored and sent. `0s`: until the end of each turn.',
        whenAbsent: '1s',
      }),
    })
    .default({ maxSize: 400, maxWait: 1000 }),
  queue: z
    .strictObject({
      maxSizeMiB: z
        .int()
        .min(1)
        .default(256)
        .describe(
          'What may wait in the storage, compressed (1 MiB is some ten thousand events). When it is full, an error is logged, and events are dropped or, with `strict`, requests refused.',
        ),
    })
    .default({ maxSizeMiB: 256 }),
  durability: z
    .enum(['batch', 'each'], 'expected batch or each')
    .default('batch')
    .describe(
      '`each`: a request goes on when its first event is in the storage, so that killing the process loses none. `batch`: events are stored within `batch.maxWait`.',
    ),
});

import { z } from 'zod';
import { duration } from './values.ts';

const KIB = 1024;
const HOUR_MS = 3_600_000;

/** A longer one is a mistake, and no timer could count it. */
const patience = duration
  .refine((ms) => ms <= HOUR_MS, 'expected an hour at most')
  .meta({ valueType: 'duration' });

/** What one client may cost the others; `gateway.limits`. */
export const limits = z
  .strictObject({
    headerBytes: z
      .int()
      .min(8 * KIB)
      .max(1024 * KIB)
      .default(64 * KIB)
      .describe(
        'Request line and headers together; more is a 431. A bearer token with many groups is long. kube-apiserver takes 1 MiB.',
      ),
    targetBytes: z
      .int()
      .min(4 * KIB)
      .max(512 * KIB)
      .default(32 * KIB)
      .describe(
        'Path and query; more is a 414. The longest are not selectors but `kubectl exec`, whose command line is in the query.',
      ),
    bodyBytes: z
      .int()
      .min(64 * KIB)
      .default(3072 * KIB)
      .describe(
        "Body of a request; more is a 413, as soon as it is known. The default is kube-apiserver's own. What goes through `proxy` subresources has no limit, as there.",
      ),
    headersTimeout: patience
      .default(10_000)
      .meta({ description: 'For the headers of a request to arrive; then a 408.', whenAbsent: '10s' }),
    requestTimeout: patience.default(60_000).meta({
      description:
        'For all of a request to arrive, its body included; then a 408. An answer may take any time.',
      whenAbsent: '60s',
    }),
    keepAlive: patience.default(90_000).meta({
      description: 'How long a connection without a request is kept, as kube-apiserver keeps it.',
      whenAbsent: '90s',
    }),
    stalledReader: patience.default(60_000).meta({
      description:
        'A client that takes nothing, for so long, of an answer that waits for it is cut off. A watch without events waits for nobody.',
      whenAbsent: '60s',
    }),
    stalledServer: patience
      .refine((ms) => ms >= 1_000, 'expected a second at least')
      .default(60_000)
      .meta({
        description:
          'An API server that falls silent, for so long, in the middle of an answer is given up: the answer breaks off, and the client sees that it did. While the client takes nothing, no time passes. Watches, logs and the like may be silent.',
        whenAbsent: '60s',
        valueType: 'duration',
      }),
    eventLoopDelay: patience
      .refine((ms) => ms >= 50, 'expected 50 milliseconds at least')
      .default(500)
      .meta({
        description:
          'How long work may wait for its turn in the process. When it waits for longer, three times in a row, the process has more to do than it can: both doors turn new requests away (429; 503 by the identity provider) until it is better. Health checks are answered.',
        whenAbsent: '500ms',
        valueType: 'duration',
      }),
    concurrency: z
      .int()
      .min(1)
      .default(600)
      .describe(
        'Requests that execute at the same time at a cluster, and the most connections to the API server for them. Watches, logs and the like are not counted, nor is `system:masters`. The default is what kube-apiserver adds up to.',
      ),
    concurrencyPerUser: z.int().min(1).optional().meta({
      description: "How many of these may be one user's.",
      whenAbsent: 'half of `concurrency`',
    }),
    queuePerUser: z
      .int()
      .min(0)
      .default(50)
      .describe('Requests of one user that wait for their turn; more is a 429. Users take turns.'),
    queueWait: patience
      .default(15_000)
      .meta({ description: 'How long a request waits; then a 429.', whenAbsent: '15s' }),
    streamsPerUser: z
      .int()
      .min(1)
      .default(1_000)
      .describe(
        'Watches, logs, exec, attach, port-forward and proxied requests of one user at a cluster; more is a 429.',
      ),
    connectionsPerAddress: z.int().min(1).optional().meta({
      description:
        'Connections of one address (an IPv6 address by its /64); more are closed. Not behind a load balancer that hides addresses: all its clients have one.',
      whenAbsent: 'any number',
    }),
  })
  .refine(
    ({ targetBytes, headerBytes }) => targetBytes < headerBytes,
    'targetBytes must be less than headerBytes, which counts the request line too',
  )
  .refine(
    ({ headersTimeout, requestTimeout }) => headersTimeout <= requestTimeout,
    'headersTimeout must not be longer than requestTimeout, which counts the headers too',
  )
  .refine(
    ({ concurrency, concurrencyPerUser = 1 }) => concurrencyPerUser <= concurrency,
    'concurrencyPerUser must not be more than concurrency',
  );

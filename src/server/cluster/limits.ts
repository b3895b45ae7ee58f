import type { GatewayLimits } from '../../gateway/embedded/index.ts';

const KIB = 1024;

/**
 * The defaults of `gateway.limits`, but that one user may have as many streams as anybody needs: whoever works alone on a
 * cluster is all of its users.
 */
export const clusterLimits: GatewayLimits = {
  headerBytes: 64 * KIB,
  targetBytes: 32 * KIB,
  bodyBytes: 3072 * KIB,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAlive: 90_000,
  stalledReader: 60_000,
  concurrency: 600,
  queuePerUser: 1_000,
  queueWait: 15_000,
  streamsPerUser: 10_000,
};

/** Open watches, of one user and altogether. */
export const clusterWatches = { perUser: 10_000, total: 10_000 } as const;

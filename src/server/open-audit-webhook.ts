import {
  type AuditBackend,
  EVENT_RETRY,
  type EventListKind,
  openAuditReceiver,
  openAuditWebhook,
} from '../audit-log/index.ts';
import { type Config, ConfigError, type GatewayConfig } from '../config/index.ts';
import { openWorkQueue, type Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';

export interface OpenWebhookDeps {
  readonly config: Config;
  readonly webhook: NonNullable<NonNullable<GatewayConfig['audit']>['webhook']>;
  /** Path of the section in the configuration. */
  readonly section: string;
  /** Where in the store events wait. */
  readonly prefix: string;
  /** What the lists of events are called that the receiver gets; Kubernetes' EventList. */
  readonly list?: EventListKind;
  readonly strict: boolean;
  readonly store: Store;
  readonly log: Log;
}

/** Events to the receiver, by way of a queue in the store; what earlier processes left there goes out too. */
export async function openWebhook(deps: OpenWebhookDeps): Promise<AuditBackend> {
  const { config, webhook, prefix, list, strict, store, log } = deps;
  const { batch, durability, queue } = webhook;
  if (config.storage.type === 'memory') {
    log.warn({}, 'audit events wait for their receiver in memory only, because the storage is memory');
  }
  const receiver = await openReceiver(deps);
  return openAuditWebhook({
    queue: await openWorkQueue(store, {
      prefix,
      now: Date.now,
      retry: EVENT_RETRY,
      bounds: { maxBytes: queue.maxSizeMiB * 1024 * 1024 },
      onError: (error) => log.error({ err: error }, 'the queue of audit events could not be followed'),
    }),
    receiver,
    ...(list && { list }),
    maxBatchSize: batch.maxSize,
    maxWaitMs: batch.maxWait,
    durability,
    strict,
    log,
  });
}

async function openReceiver({ config, webhook, section, log }: OpenWebhookDeps) {
  const { configFile, allowInsecure } = webhook;
  try {
    return await openAuditReceiver({ configFile, allowInsecure, env: process.env, now: Date.now, log });
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([{ file: config.file, path: `${section}.webhook.configFile`, message }]);
  }
}

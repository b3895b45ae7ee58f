import { type AuditBackend, EVENT_RETRY, openAuditReceiver, openAuditWebhook } from '../audit-log/index.ts';
import { type Config, ConfigError, type GatewayConfig } from '../config/index.ts';
import { openWorkQueue, type Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';

export interface OpenWebhookDeps {
  readonly config: Config;
  readonly webhook: NonNullable<NonNullable<GatewayConfig['audit']>['webhook']>;
  readonly strict: boolean;
  readonly store: Store;
  readonly log: Log;
}

/** Events to the receiver, by way of a queue in the store; what earlier processes left there goes out too. */
export async function openWebhook(deps: OpenWebhookDeps): Promise<AuditBackend> {
  const { config, webhook, strict, store, log } = deps;
  const { batch, durability, queue } = webhook;
  if (config.storage.type === 'memory') {
    log.warn({}, 'audit events wait for their receiver in memory only, because the storage is memory');
  }
  const receiver = await openReceiver(deps);
  return openAuditWebhook({
    queue: await openWorkQueue(store, {
      prefix: 'gateway/audit-webhook/',
      now: Date.now,
      retry: EVENT_RETRY,
      bounds: { maxBytes: queue.maxSizeMiB * 1024 * 1024 },
      onError: (error) => log.error({ err: error }, 'the queue of audit events could not be followed'),
    }),
    receiver,
    maxBatchSize: batch.maxSize,
    maxWaitMs: batch.maxWait,
    durability,
    strict,
    log,
  });
}

async function openReceiver({ config, webhook, log }: OpenWebhookDeps) {
  const { configFile, allowInsecure } = webhook;
  try {
    return await openAuditReceiver({ configFile, allowInsecure, env: process.env, now: Date.now, log });
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError([{ file: config.file, path: 'gateway.audit.webhook.configFile', message }]);
  }
}

import type { Schedule } from '../cluster-deps.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { coreType, type KubeObject } from '../resources/index.ts';

export interface ExpiringEvents {
  close(): Promise<void>;
}

/** How long an event is kept after its last change. Source: kube-apiserver --event-ttl. */
const keptMs = 3_600_000;
export const sweepIntervalMs = 120_000;
const pageSize = 500;

/** Deletes events that are an hour old, whoever has made them. */
export function expireEvents(
  context: ObjectContext,
  schedule: Schedule,
  onError: (error: unknown) => void,
): ExpiringEvents {
  const type = coreType('events');
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  let cancel = schedule(sweepIntervalMs, begin);

  function begin(): void {
    running = sweep()
      .catch(onError)
      .then(() => {
        if (!closed) cancel = schedule(sweepIntervalMs, begin);
      });
  }

  async function sweep(): Promise<void> {
    let after: string | undefined;
    do {
      const from = after === undefined ? {} : { after };
      const page = await context.objects.list(type, '', { limit: pageSize, ...from });
      for (const stored of page.items) {
        if (closed) return;
        // Somebody else may be faster, or it has happened again.
        if (lastTime(stored.object) + keptMs <= context.now()) await context.objects.remove(stored);
      }
      after = page.remaining > 0 ? page.items.at(-1)?.key : undefined;
    } while (after !== undefined);
  }

  return {
    async close() {
      closed = true;
      cancel();
      await running;
    },
  };
}

/** Milliseconds since the epoch. */
function lastTime(event: KubeObject): number {
  const { lastObservedTime } = (event['series'] ?? {}) as { readonly lastObservedTime?: string };
  const times = [
    lastObservedTime,
    event['lastTimestamp'],
    event['eventTime'],
    event.metadata.creationTimestamp,
  ];
  return Math.max(0, ...times.map((time) => Date.parse(String(time)) || 0));
}

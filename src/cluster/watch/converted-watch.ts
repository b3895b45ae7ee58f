import type { Entry, Store, StoreEvent, StoreWatch, WatchHandlers } from '../../store/index.ts';
import { prepareViews } from '../objects/prepare-views.ts';
import type { ResourceType, WebhookConversion } from '../resources/index.ts';

/** A store's watch, or one like it. */
export type WatchStore = Pick<Store, 'watch'>;

/** Events that may wait for a webhook: what a slow one holds up must not grow for ever. */
const mostWaiting = 10_000;

/** The webhook does not keep up with what is written. */
export class ConversionBacklogError extends Error {
  override readonly name = 'ConversionBacklogError';
  readonly code = 'SP_CONVERSION_BACKLOG';
}

/**
 * A store whose watches deliver events when a webhook has made what is shown of them, in their order. A failed conversion ends
 * the watch: onError is called with its StatusError.
 * @param looksBack whether what was there before an event is looked at as well
 */
export function convertedWatches(
  store: WatchStore,
  type: ResourceType,
  conversion: WebhookConversion,
  looksBack: boolean,
): WatchStore {
  return {
    watch(prefix, afterRevision, handlers) {
      const queue = createQueue(handlers, afterRevision, (events) =>
        prepareViews(
          type,
          conversion,
          events.flatMap((event) => entriesOf(event, looksBack)),
        ),
      );
      const watcher = store.watch(prefix, afterRevision, {
        onEvents: queue.add,
        onError(error) {
          queue.end();
          handlers.onError(error);
        },
      });
      queue.onEnd(() => watcher.close());
      return {
        progress: () => queue.delivered() ?? watcher.progress(),
        close: queue.end,
      } satisfies StoreWatch;
    },
  };
}

function entriesOf(event: StoreEvent, looksBack: boolean): readonly Entry[] {
  if (event.type === 'delete') return [event.previous];
  return looksBack && event.previous !== undefined ? [event.entry, event.previous] : [event.entry];
}

interface Batch {
  readonly events: readonly StoreEvent[];
  readonly revision: number;
}

interface Queue {
  readonly add: WatchHandlers['onEvents'];
  /** The last revision that was delivered while others wait; undefined when none does. */
  delivered(): number | undefined;
  /** Nothing is delivered any more. */
  end(): void;
  onEnd(listener: () => void): void;
}

/** Delivers batches one after the other, each time all that have come while the ones before were prepared. */
function createQueue(
  handlers: WatchHandlers,
  afterRevision: number,
  prepare: (events: readonly StoreEvent[]) => Promise<void>,
): Queue {
  let waiting: Batch[] = [];
  let count = 0;
  let last = afterRevision;
  let isWorking = false;
  let isOver = false;
  let ended: (() => void) | undefined;

  function end(): void {
    isOver = true;
    waiting = [];
    ended?.();
  }

  function fail(error: Error): void {
    if (isOver) return;
    end();
    handlers.onError(error);
  }

  async function work(): Promise<void> {
    isWorking = true;
    while (waiting.length > 0) {
      const batches = waiting;
      waiting = [];
      await prepare(batches.flatMap(({ events }) => events));
      for (const { events, revision } of batches) {
        if (isOver) return;
        last = revision;
        count -= events.length;
        handlers.onEvents(events, revision);
      }
    }
    isWorking = false;
  }

  return {
    add(events, revision) {
      if (isOver) return;
      waiting.push({ events, revision });
      count += events.length;
      if (count > mostWaiting) fail(new ConversionBacklogError('a conversion webhook is too slow'));
      else if (!isWorking) work().catch(fail);
    },
    delivered: () => (isWorking ? last : undefined),
    end,
    onEnd(listener) {
      ended = listener;
    },
  };
}

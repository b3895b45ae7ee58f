import { randomInt } from 'node:crypto';
import { StatusError } from '../../kube/index.ts';
import { CompactedError, type Store, type StoreEvent, type StoreWatch } from '../../store/index.ts';
import type { Schedule } from '../cluster-deps.ts';
import type { Call } from '../handlers/handler-context.ts';
import { type ListQuery, parseWatchQuery } from '../handlers/list-query.ts';
import { confirmStreamable } from '../handlers/negotiate.ts';
import type { View } from '../handlers/present.ts';
import { answerRefusal } from '../handlers/upgraded.ts';
import { viewOf } from '../handlers/view-of.ts';
import { listPrefix } from '../objects/object-key.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { ConversionBacklogError, convertedWatches } from './converted-watch.ts';
import { createEventWriter } from './event-writer.ts';
import { tellInitialEvents } from './initial-events.ts';
import { eventFailure, findWatchStart, tooOld, type WatchStart } from './watch-start.ts';
import { openTransport, type WatchTransport } from './watch-transport.ts';
import type { Watches } from './watches.ts';

const bookmarkIntervalMs = 60_000;
/** As kube-apiserver's --min-request-timeout: somewhere between it and twice it, so that clients do not all return at once. */
const minTimeoutSeconds = 1800;

/** What a watch works with; the handlers' context has it. */
export interface WatchContext {
  readonly deps: {
    readonly store: Pick<Store, 'watch' | 'revision'>;
    /** Milliseconds since the epoch. */
    now(): number;
    readonly log: {
      warn(fields: object, message: string): void;
      error(fields: object, message: string): void;
    };
  };
  readonly objects: { readonly objects: Pick<ObjectStore, 'list'> };
  readonly schedule: Schedule;
  readonly closing: AbortSignal;
  readonly watches: Watches;
}

/** GET with watch, and the old /watch/ paths. The promise resolves when the watch is over. */
export async function watch(context: WatchContext, call: Call): Promise<void> {
  const view = viewOf(context, call);
  confirmStreamable(call.request.headers.accept);
  const query = parseWatchQuery(call);
  const { request, response, type } = call;
  let transport: WatchTransport | undefined;

  /** The client sees a cut connection and comes back with the last revision that it has. */
  function cutOff(): void {
    const slow = { resource: type.resource, user: request.user.username };
    context.deps.log.warn(slow, 'a watch fell too far behind');
    transport?.destroy();
  }

  const account = context.watches.open(request.user.username, cutOff);
  try {
    const start = await findWatchStart(context.objects, type, call.namespace, query);
    await answerRefusal(call, async () => {
      transport = openTransport(request, response, account);
      await runWatch({
        context,
        call,
        view,
        query,
        start,
        transport,
        isOverfull: account.isOverfull,
        cutOff,
      });
    });
  } finally {
    account.close();
  }
}

interface Run {
  readonly context: WatchContext;
  readonly call: Call;
  readonly view: View;
  readonly query: ListQuery;
  readonly start: WatchStart;
  readonly transport: WatchTransport;
  isOverfull(): boolean;
  cutOff(): void;
}

function runWatch({ context, call, view, query, start, transport, isOverfull, cutOff }: Run): Promise<void> {
  const { request, type, namespace } = call;
  const { store, now, log } = context.deps;
  const endings = type.custom === undefined ? [context.closing] : [context.closing, type.custom.retired];
  const { writer } = transport;
  const events = createEventWriter(type, view, writer, now);
  const timers = new Set<() => void>();
  let watcher: StoreWatch | undefined;
  let sent = start.revision;
  /** Everything up to this revision is replay, not news. */
  let present = start.revision;

  function later(ms: number, callback: () => void): void {
    const cancel = context.schedule(ms, () => {
      timers.delete(cancel);
      callback();
    });
    timers.add(cancel);
  }

  /** Nothing more is read or scheduled; what waits may still be written. */
  function stop(): void {
    watcher?.close();
    for (const cancel of timers) cancel();
    timers.clear();
  }

  function finish(failure?: StatusError): void {
    stop();
    if (failure !== undefined) events.error(failure);
    writer.end();
  }

  /** During the initial events there is nothing to come back to. */
  function bookmark(): void {
    if (!query.allowWatchBookmarks || watcher === undefined) return;
    sent = Math.max(sent, watcher.progress());
    events.bookmark(sent);
  }

  function bookmarkEveryInterval(): void {
    later(bookmarkIntervalMs, () => {
      bookmark();
      bookmarkEveryInterval();
    });
  }

  function fail(error: unknown): void {
    if (error instanceof CompactedError) {
      finish(tooOld(start.revision, error.compactedRevision));
    } else if (error instanceof StatusError) {
      finish(eventFailure(error));
    } else if (error instanceof ConversionBacklogError) {
      stop();
      cutOff();
    } else {
      log.error({ err: error }, 'a watch failed');
      stop();
      transport.destroy();
    }
  }

  function deliver(storeEvents: readonly StoreEvent[], revision: number): void {
    sent = revision;
    for (const event of storeEvents) events.change(event, query);
    if (!isOverfull()) return;
    stop();
    if (revision <= present) {
      // Too much history to hand over at once: a list is cheaper.
      writer.clear();
      finish(tooOld(start.revision, revision));
    } else {
      cutOff();
    }
  }

  async function follow(): Promise<void> {
    const { revision } = start;
    if (start.listsAll) {
      await tellInitialEvents({ context: context.objects, type, namespace, query, revision, events, writer });
      if (start.marksEnd) events.bookmark(revision, { 'k8s.io/initial-events-end': 'true' });
    }
    present = await store.revision();
    if (writer.isOver()) return;
    const handlers = { onEvents: deliver, onError: fail };
    const conversion = type.custom?.conversion;
    const watched =
      conversion === undefined ? store : convertedWatches(store, type, conversion, query.selective);
    watcher = watched.watch(listPrefix(type, namespace), revision, handlers);
    if (query.allowWatchBookmarks) bookmarkEveryInterval();
  }

  return new Promise((resolve) => {
    const over = () => {
      stop();
      for (const ending of endings) ending.removeEventListener('abort', closing);
      resolve();
    };
    const closing = () => finish();
    transport.onGone(over);
    if (request.signal.aborted || transport.isGone()) {
      over();
      return;
    }
    request.signal.addEventListener('abort', () => transport.destroy(), { once: true });
    for (const ending of endings) ending.addEventListener('abort', closing);
    later(timeoutMs(query), () => {
      bookmark();
      finish();
    });
    if (endings.some(({ aborted }) => aborted)) finish();
    else follow().catch(fail);
  });
}

function timeoutMs(query: ListQuery): number {
  const { timeoutSeconds = 0 } = query;
  const seconds = timeoutSeconds > 0 ? timeoutSeconds : randomInt(minTimeoutSeconds, 2 * minTimeoutSeconds);
  // setTimeout takes 32 bits.
  return Math.min(seconds * 1000, 2 ** 31 - 1);
}

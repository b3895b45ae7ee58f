import { randomInt } from 'node:crypto';
import { encodeStatus, type StatusError } from '../../kube/index.ts';
import { CompactedError, type StoreEvent, type Watcher } from '../../store/index.ts';
import type { Call, Handler, HandlerContext } from '../handlers/handler-context.ts';
import { type ListQuery, parseWatchQuery } from '../handlers/list-query.ts';
import { presentEvent, type View } from '../handlers/present.ts';
import { viewOf } from '../handlers/view-of.ts';
import { listPrefix } from '../objects/object-key.ts';
import { groupVersionOf, type KubeObject } from '../resources/index.ts';
import { createLineWriter, type LineWriter } from './line-writer.ts';
import { watchChange } from './watch-change.ts';
import { findWatchStart, tooOld, type WatchStart } from './watch-start.ts';

const bookmarkIntervalMs = 60_000;
/** As kube-apiserver's --min-request-timeout: somewhere between it and twice it, so that clients do not all return at once. */
const minTimeoutSeconds = 1800;
/** What may wait for a slow client, in characters. */
const maxWaiting = 16 * 1024 * 1024;

/** GET with watch, and the old /watch/ paths. The promise resolves when the watch is over. */
export const watch: Handler = async (context, call) => {
  const view = viewOf(context, call);
  const query = parseWatchQuery(call);
  const start = await findWatchStart(context.objects, call.type, call.namespace, query);
  const { response } = call;
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-cache, private');
  response.setHeader('Content-Type', 'application/json');
  response.statusCode = 200;
  // kubectl waits for the headers before it looks at anything else, and the first event may be hours away.
  response.flushHeaders();
  await runWatch(context, call, view, query, start);
};

function runWatch(
  context: HandlerContext,
  call: Call,
  view: View,
  query: ListQuery,
  start: WatchStart,
): Promise<void> {
  const { request, response, type } = call;
  const writer = createLineWriter(response, maxWaiting);
  const events = createEventWriter(context, call, view, writer);
  const timers = new Set<() => void>();
  let watcher: Watcher | undefined;
  let sent = start.revision;

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

  /** In-process stores deliver before a write is answered, so all up to their revision has been told. */
  async function bookmark(): Promise<void> {
    if (!query.allowWatchBookmarks) return;
    sent = Math.max(sent, await context.deps.store.revision());
    events.bookmark(sent);
  }

  function bookmarkEveryInterval(): void {
    later(bookmarkIntervalMs, () => {
      bookmark().then(bookmarkEveryInterval, (error: unknown) => fail(error));
    });
  }

  function fail(error: unknown): void {
    if (error instanceof CompactedError) {
      finish(tooOld(start.revision, error.compactedRevision));
    } else {
      context.deps.log.error({ err: error }, 'a watch failed');
      breakOff();
    }
  }

  /** The client sees a cut connection and comes back with the last revision that it has. */
  function breakOff(): void {
    stop();
    response.destroy();
  }

  function deliver(storeEvents: readonly StoreEvent[], revision: number): void {
    sent = revision;
    for (const event of storeEvents) events.change(event, query);
    if (!writer.isOverfull()) return;
    writer.clear();
    if (revision <= start.present) {
      // Too much history to hand over at once: a list is cheaper.
      finish(tooOld(start.revision, revision));
    } else {
      const slow = { resource: type.resource, user: request.user.username };
      context.deps.log.warn(slow, 'a watch fell too far behind');
      breakOff();
    }
  }

  return new Promise((resolve) => {
    const over = () => {
      stop();
      context.closing.removeEventListener('abort', closing);
      resolve();
    };
    const closing = () => finish();
    response.once('close', over);
    if (request.signal.aborted || response.destroyed) {
      over();
      return;
    }
    request.signal.addEventListener('abort', () => response.destroy(), { once: true });
    context.closing.addEventListener('abort', closing);
    for (const { object } of start.initial) events.added(object);
    if (start.marksEnd) events.bookmark(start.revision, { 'k8s.io/initial-events-end': 'true' });
    watcher = context.deps.store.watch(listPrefix(type, call.namespace), start.revision, {
      onEvents: deliver,
      onError: fail,
    });
    if (query.allowWatchBookmarks) bookmarkEveryInterval();
    later(timeoutMs(query), () => {
      bookmark().then(() => finish(), fail);
    });
    if (context.closing.aborted) finish();
  });
}

function timeoutMs(query: ListQuery): number {
  const { timeoutSeconds = 0 } = query;
  const seconds = timeoutSeconds > 0 ? timeoutSeconds : randomInt(minTimeoutSeconds, 2 * minTimeoutSeconds);
  // setTimeout takes 32 bits.
  return Math.min(seconds * 1000, 2 ** 31 - 1);
}

interface EventWriter {
  added(object: KubeObject): void;
  change(event: StoreEvent, query: ListQuery): void;
  bookmark(revision: number, annotations?: Record<string, string>): void;
  error(failure: StatusError): void;
}

/** Turns events into the lines of one client's representation. */
function createEventWriter(context: HandlerContext, call: Call, view: View, writer: LineWriter): EventWriter {
  const { type } = call;
  let isFirst = true;

  function show(object: KubeObject): string {
    const shown = presentEvent(type, object, { ...view, now: context.deps.now() }, isFirst);
    isFirst = false;
    return JSON.stringify(shown);
  }

  return {
    added: (object) => writer.push(() => line('ADDED', show(object)), 0),
    change(event, query) {
      const change = watchChange(event, query);
      if (change === undefined) return;
      const json = view.as === 'object' ? change.json : () => show(change.object());
      writer.push(() => line(change.type, json()), change.weight);
    },
    bookmark(revision, annotations) {
      const metadata = {
        resourceVersion: String(revision),
        ...(annotations === undefined ? {} : { annotations }),
      };
      const object = { kind: type.kind, apiVersion: groupVersionOf(type), metadata };
      writer.push(() => line('BOOKMARK', show(object)), 0);
    },
    error: (failure) => writer.push(() => line('ERROR', encodeStatus(failure.status).trimEnd()), 0),
  };
}

function line(type: string, json: string): string {
  return `{"type":"${type}","object":${json}}\n`;
}

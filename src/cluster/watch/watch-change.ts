import type { Entry, StoreEvent } from '../../store/index.ts';
import type { ListQuery } from '../handlers/list-query.ts';
import { atRevision, entryJson, entryObject } from '../objects/stored-object.ts';
import type { KubeObject } from '../resources/index.ts';

/** One event as a watch's client sees it. */
export interface WatchChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object(): KubeObject;
  /** The object's JSON. */
  json(): string;
  /** Bytes that the event keeps alive, roughly. */
  readonly weight: number;
}

/**
 * What a store event means to a watch with selectors: an object that begins to match is ADDED, one that ceases to is
 * DELETED in its old form, with the new revision. Undefined when it never matched.
 * Source: Kubernetes apiserver/pkg/storage/cacher/cache_watcher.go convertToWatchEvent.
 */
export function watchChange(event: StoreEvent, query: ListQuery): WatchChange | undefined {
  const before = event.previous;
  const wasSelected = before !== undefined && isSelected(before, query);
  if (event.type === 'put' && isSelected(event.entry, query)) {
    return present(wasSelected ? 'MODIFIED' : 'ADDED', event.entry);
  }
  return wasSelected ? gone(before, event.revision) : undefined;
}

function isSelected(entry: Entry, query: ListQuery): boolean {
  return !query.selective || query.selects(entryObject(entry));
}

function present(type: 'ADDED' | 'MODIFIED', entry: Entry): WatchChange {
  return { type, object: () => entryObject(entry), json: () => entryJson(entry), weight: entry.value.length };
}

function gone(entry: Entry, revision: number): WatchChange {
  const object = () => atRevision(entryObject(entry), revision);
  return { type: 'DELETED', object, json: () => JSON.stringify(object()), weight: entry.value.length };
}

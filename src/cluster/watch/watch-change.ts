import type { Entry, StoreEvent } from '../../store/index.ts';
import type { ListQuery } from '../handlers/list-query.ts';
import { atRevision, entryObject } from '../objects/stored-object.ts';
import type { KubeObject } from '../resources/index.ts';

/** One event as a watch's client sees it. */
export interface WatchChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** What the change is told of; the same for every watch. */
  readonly source: object;
  object(): KubeObject;
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
    const object = entryObject(event.entry);
    return { type: wasSelected ? 'MODIFIED' : 'ADDED', source: object, object: () => object };
  }
  if (!wasSelected) return undefined;
  return { type: 'DELETED', source: event, object: () => atRevision(entryObject(before), event.revision) };
}

function isSelected(entry: Entry, query: ListQuery): boolean {
  return !query.selective || query.selects(entryObject(entry));
}

import type { Entry, StoreEvent } from '../../store/index.ts';
import type { ListQuery } from '../handlers/list-query.ts';
import { atRevision, objectOf } from '../objects/stored-object.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';

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
export function watchChange(
  type: ResourceType,
  event: StoreEvent,
  query: ListQuery,
): WatchChange | undefined {
  const before = event.previous;
  const wasSelected = before !== undefined && isSelected(type, before, query);
  if (event.type === 'put' && isSelected(type, event.entry, query)) {
    const object = objectOf(type, event.entry);
    return { type: wasSelected ? 'MODIFIED' : 'ADDED', source: object, object: () => object };
  }
  if (!wasSelected) return undefined;
  return { type: 'DELETED', source: event, object: () => atRevision(objectOf(type, before), event.revision) };
}

function isSelected(type: ResourceType, entry: Entry, query: ListQuery): boolean {
  return !query.selective || query.selects(objectOf(type, entry));
}

import { expired, tooLargeResourceVersion } from '../../kube/index.ts';
import type { ListQuery } from '../handlers/list-query.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import type { ResourceType } from '../resources/index.ts';

export interface WatchStart {
  /** Told as ADDED before anything else. */
  readonly initial: readonly StoredObject[];
  /** Events after this revision follow. */
  readonly revision: number;
  /** Everything up to this revision is replay, not news. */
  readonly present: number;
  /** Whether a bookmark marks the end of the initial events. */
  readonly marksEnd: boolean;
}

/**
 * Where a watch begins: at a revision, or with everything there is.
 * Throws StatusError 504 when initial events are wanted that are newer than the store.
 * Source: Kubernetes KEP-3157 (watch-list), apiserver/pkg/storage/cacher.
 */
export async function findWatchStart(
  context: ObjectContext,
  type: ResourceType,
  namespace: string,
  query: ListQuery,
): Promise<WatchStart> {
  const asked = Number(query.resourceVersion);
  const listsAll = query.sendInitialEvents ?? asked === 0;
  const { items, revision } = await context.objects.list(type, namespace, listsAll ? {} : { limit: 1 });
  if (!listsAll)
    return { initial: [], revision: asked === 0 ? revision : asked, present: revision, marksEnd: false };
  if (asked > revision) throw tooLargeResourceVersion(asked, revision);
  const initial = items.filter(({ object }) => query.selects(object));
  const marksEnd = query.sendInitialEvents === true && query.allowWatchBookmarks;
  return { initial, revision, present: revision, marksEnd };
}

/** What a client is told whose revision is older than the history. */
export function tooOld(asked: number, kept: number) {
  return expired(`too old resource version: ${asked} (${kept})`);
}

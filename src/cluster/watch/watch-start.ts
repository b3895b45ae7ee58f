import { expired, StatusError, tooLargeResourceVersion } from '../../kube/index.ts';
import type { ListQuery } from '../handlers/list-query.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { asKept, type ResourceType } from '../resources/index.ts';

export interface WatchStart {
  /** Whether what there is at the revision is told as ADDED before anything else. */
  readonly listsAll: boolean;
  /** Events after this revision follow. */
  readonly revision: number;
  /** Whether a bookmark marks the end of the initial events. */
  readonly marksEnd: boolean;
}

/**
 * Where a watch begins: at a revision, or with everything there is.
 * Throws StatusError 504 when initial events are wanted that are newer than the store.
 * Source: Kubernetes KEP-3157 (watch-list), apiserver/pkg/storage/cacher.
 */
export async function findWatchStart(
  context: { readonly objects: Pick<ObjectStore, 'list'> },
  type: ResourceType,
  namespace: string,
  query: ListQuery,
): Promise<WatchStart> {
  const asked = Number(query.resourceVersion);
  const listsAll = query.sendInitialEvents ?? asked === 0;
  const { revision } = await context.objects.list(asKept(type), namespace, { limit: 1 });
  if (!listsAll) return { listsAll, revision: asked === 0 ? revision : asked, marksEnd: false };
  if (asked > revision) throw tooLargeResourceVersion(asked, revision);
  const marksEnd = query.sendInitialEvents === true && query.allowWatchBookmarks;
  return { listsAll, revision, marksEnd };
}

/** What a client is told whose revision is older than the history. */
export function tooOld(asked: number, kept: number) {
  return expired(`too old resource version: ${asked} (${kept})`);
}

/** What a client is told when what has happened cannot be shown to it. Source: apiserver/pkg/storage/etcd3/watcher.go parseError. */
export function eventFailure({ status }: StatusError): StatusError {
  return status.reason === ''
    ? new StatusError({ ...status, reason: 'InternalError' })
    : new StatusError(status);
}

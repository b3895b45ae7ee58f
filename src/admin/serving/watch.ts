import { type KubeObject, scheduleTimeout, type WatchContext, watch } from '../../cluster/index.ts';
import { methodNotAllowed } from '../../kube/index.ts';
import type { AdminKind, KindChange } from '../kind.ts';
import type { AdminHandler, ServingContext } from './admin-call.ts';
import { placeOf } from './list.ts';

type WatchedStore = WatchContext['deps']['store'];
type StoreEvents = Parameters<Parameters<WatchedStore['watch']>[2]['onEvents']>[0];
type ListedObjects = WatchContext['objects']['objects'];

/** GET with watch: as the embedded API watches, of a store that is what the kind tells. */
export const watchKind: AdminHandler = async (context, call) => {
  const { list, watch: changes } = call.kind;
  if (list === undefined || changes === undefined) throw methodNotAllowed();
  await watch(watchContextOf(context, { list, watch: changes }, call.namespace), call);
};

type WatchedKind = Required<Pick<AdminKind, 'list' | 'watch'>>;

function watchContextOf(
  { deps, closing, watches }: ServingContext,
  kind: WatchedKind,
  namespace: string,
): WatchContext {
  const anything = () => undefined;
  const revisionNow = async () =>
    (await kind.list({ namespace, limit: 1, after: undefined, required: anything })).revision ?? 0;
  const store: WatchedStore = {
    revision: revisionNow,
    watch: (_prefix, after, { onEvents, onError }) =>
      kind.watch(
        after,
        { onChanges: (changes, revision) => onEvents(eventsOf(changes, revision), revision), onError },
        namespace,
      ),
  };
  const objects: ListedObjects = {
    async list(type, _namespace, { limit = 1, after, revision } = {}) {
      const page = await kind.list({ namespace, limit, after, revision, required: anything });
      return {
        items: page.items.map((object) => ({
          type,
          key: placeOf(object),
          revision: revisionOf(object),
          object,
        })),
        revision: page.revision ?? 0,
        remaining: page.next === undefined ? 0 : 1,
      };
    },
  };
  return { deps: { ...deps, store }, objects: { objects }, schedule: scheduleTimeout, closing, watches };
}

function eventsOf(changes: readonly KindChange[], revision: number): StoreEvents {
  return changes.flatMap(({ before, after }): StoreEvents => {
    const previous = before && entryOf(before);
    if (after !== undefined) {
      const entry = entryOf(after);
      return [{ type: 'put', revision, entry, ...(previous === undefined ? {} : { previous }) }];
    }
    return previous === undefined ? [] : [{ type: 'delete', revision, previous }];
  });
}

function entryOf(object: KubeObject) {
  const modRevision = revisionOf(object);
  return {
    key: placeOf(object),
    value: JSON.stringify(object),
    createRevision: modRevision,
    modRevision,
  };
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion ?? 0);
}

import type { KubeObject } from '../../cluster/index.ts';
import type { AccountWatchHandlers } from '../../identity/index.ts';
import type { KindWatch } from '../kind.ts';

/** Changes of accounts, told of their objects. */
export function changesOf<T>(
  toObject: (one: T) => KubeObject,
  { onChanges, onError }: KindWatch,
): AccountWatchHandlers<T> {
  return {
    onChanges(changes, revision) {
      onChanges(
        changes.map(({ before, after }) => ({
          before: before && toObject(before),
          after: after && toObject(after),
        })),
        revision,
      );
    },
    onError,
  };
}

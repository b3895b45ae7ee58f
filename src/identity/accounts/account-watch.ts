import type { CompactedError, Entry, Store, StoreWatch } from '../../store/index.ts';

/** What became of one account or group. One of the two is always there. */
export interface AccountChange<T> {
  /** undefined when it was not there. */
  readonly before: T | undefined;
  /** undefined when it is gone. */
  readonly after: T | undefined;
}

export interface AccountWatchHandlers<T> {
  /** All changes of one transaction; called in the order of the store's revisions. */
  onChanges(changes: readonly AccountChange<T>[], revision: number): void;
  /**
   * The watch is over. After a CompactedError there is no history from where it began; all has to be read anew.
   */
  onError(error: Error | CompactedError): void;
}

/**
 * Every change after a revision, each exactly once, before its writer is answered.
 * @param read what an entry is, or undefined when it does not count as being there
 */
export function watchAccounts<T>(
  store: Pick<Store, 'watch'>,
  prefix: string,
  after: number,
  read: (entry: Entry) => T | undefined,
  { onChanges, onError }: AccountWatchHandlers<T>,
): StoreWatch {
  return store.watch(prefix, after, {
    onEvents(events, revision) {
      const changes = events.map((event) => ({
        before: event.previous && read(event.previous),
        after: event.type === 'put' ? read(event.entry) : undefined,
      }));
      onChanges(
        changes.filter(({ before, after: now }) => before !== undefined || now !== undefined),
        revision,
      );
    },
    onError,
  });
}

/** The same changes, of what is made of each. */
export function mapChanges<T, U>(
  make: (one: T) => U,
  { onChanges, onError }: AccountWatchHandlers<U>,
): AccountWatchHandlers<T> {
  const made = (one: T | undefined) => (one === undefined ? undefined : make(one));
  return {
    onChanges(changes, revision) {
      onChanges(
        changes.map(({ before, after }) => ({ before: made(before), after: made(after) })),
        revision,
      );
    },
    onError,
  };
}

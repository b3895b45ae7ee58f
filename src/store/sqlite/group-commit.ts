export interface GroupCommitDeps {
  begin(): void;
  commit(): void;
  /** Does nothing when the failure has rolled back already. */
  rollback(): void;
  /** Forces onto the disk what has been committed. */
  sync(): Promise<void>;
}

export interface GroupCommit {
  /**
   * Does the work now, in the transaction of the group that is open.
   * @returns resolves when it is on the disk; rejects when the group could not be kept, and then nothing of it happened
   * @throws what the work throws: then nothing of this work happened, the others of the group stay
   */
  add(work: () => void): Promise<void>;
  /** Settles like the promise of the last work that was added; undefined when everything is on the disk. */
  settled(): Promise<void> | undefined;
  /** Whether what was committed last may not be on the disk, for good. */
  isBroken(): boolean;
}

interface Group {
  readonly works: (() => void)[];
  readonly kept: PromiseWithResolvers<void>;
  /** Of its works, when it was last looked whether more come. */
  seen: number;
  turns: number;
}

/** For how many turns of the event loop a group that still grows stays open: some milliseconds on a busy one. */
const MOST_TURNS = 8;

/**
 * One transaction and one fsync for the work of a turn, or of several as long as more comes or the fsync before takes: a page
 * that several change is written once, and nobody waits on the event loop for the disk. A failed fsync may have lost
 * anything, and the next one would not tell: nothing is written any more then.
 */
export function createGroupCommit({ begin, commit, rollback, sync }: GroupCommitDeps): GroupCommit {
  let open: Group | undefined;
  let syncing: Group | undefined;
  let broken: Error | undefined;

  function openGroup(): Group {
    begin();
    const group: Group = { works: [], kept: Promise.withResolvers<void>(), seen: 0, turns: 0 };
    // Whoever added the work is told; a group that nobody waits for any more is no reason to stop the process.
    group.kept.promise.catch(() => {});
    open = group;
    if (syncing === undefined) setImmediate(flush);
    return group;
  }

  function lose(group: Group, error: unknown): void {
    rollback();
    if (open === group) open = undefined;
    group.kept.reject(error);
  }

  function fail(error: unknown): void {
    broken = new Error('the storage failed, and must be started anew', { cause: error });
    if (open !== undefined) lose(open, broken);
  }

  /** The work that failed has left something behind: all of the group is done again without it. */
  function redo(group: Group): void {
    try {
      rollback();
      begin();
      for (const work of group.works) work();
    } catch (error) {
      fail(error);
    }
  }

  function stillGrows(group: Group): boolean {
    const more = group.works.length > group.seen && group.turns < MOST_TURNS;
    group.seen = group.works.length;
    group.turns += 1;
    return more;
  }

  function flush(): void {
    const group = open;
    if (group === undefined) return;
    if (stillGrows(group)) {
      setImmediate(flush);
      return;
    }
    try {
      commit();
    } catch (error) {
      lose(group, error);
      return;
    }
    open = undefined;
    syncing = group;
    sync().then(
      () => {
        syncing = undefined;
        group.kept.resolve();
        if (open !== undefined) setImmediate(flush);
      },
      (error: unknown) => {
        fail(error);
        group.kept.reject(broken);
      },
    );
  }

  return {
    add(work) {
      if (broken !== undefined) throw broken;
      const group = open ?? openGroup();
      try {
        work();
      } catch (error) {
        redo(group);
        throw error;
      }
      group.works.push(work);
      return group.kept.promise;
    },
    settled: () => (open ?? syncing)?.kept.promise,
    isBroken: () => broken !== undefined,
  };
}

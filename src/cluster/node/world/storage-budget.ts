/** Bytes that may be used. A part's bytes count for the whole too. */
export interface StorageBudget {
  /** False when there are not so many left; then none is taken. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  used(): number;
}

export function createStorageBudget(limit: number, whole?: StorageBudget): StorageBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > limit || whole?.take(bytes) === false) return false;
      used += bytes;
      return true;
    },
    give(bytes) {
      used -= bytes;
      whole?.give(bytes);
    },
    used: () => used,
  };
}

/** How many streams each user has open. */
export interface StreamQuota {
  /** @returns false when the user has as many as it may */
  enter(user: string): boolean;
  leave(user: string): void;
  /** All users' together. */
  open(): number;
}

export function createStreamQuota(perUser: number): StreamQuota {
  const streams = new Map<string, number>();
  let open = 0;
  return {
    enter(user) {
      const has = streams.get(user) ?? 0;
      if (has >= perUser) return false;
      streams.set(user, has + 1);
      open++;
      return true;
    },
    leave(user) {
      const has = streams.get(user) ?? 0;
      if (has > 1) streams.set(user, has - 1);
      else streams.delete(user);
      open--;
    },
    open: () => open,
  };
}

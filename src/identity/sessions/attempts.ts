/** Several things of which each is tried, whatever becomes of the others. */
export interface Attempts {
  /** @returns whether it worked out */
  try(work: Promise<unknown>): Promise<boolean>;
  /** @throws the first failure, when there was one */
  conclude(): void;
}

/** One session that cannot be ended, or whose end cannot be recorded, must not keep the others alive. */
export function createAttempts(): Attempts {
  const failures: unknown[] = [];
  return {
    try: (work) =>
      work.then(
        () => true,
        (error: unknown) => {
          failures.push(error);
          return false;
        },
      ),
    conclude() {
      if (failures.length > 0) throw failures[0];
    },
  };
}

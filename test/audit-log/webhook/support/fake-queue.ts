import { unpackEvents } from '../../../../src/audit-log/webhook/pack-events.ts';

/** A queue that can be made to refuse, or to take its time. */
export function fakeQueue() {
  const values: string[] = [];
  let refusal: Error | undefined;
  let gate: Promise<void> = Promise.resolve();
  let attempts = 0;
  return {
    /** Each element is what one value holds. */
    batches: () => values.map(unpackEvents),
    events: () => values.flatMap(unpackEvents),
    attempts: () => attempts,
    refuse(error: Error | undefined) {
      refusal = error;
    },
    /** Holds back every answer until it is called. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    queue: {
      async add(added: readonly string[]) {
        attempts += 1;
        if (refusal !== undefined) throw refusal;
        // Like a store in this process: there when the call returns.
        values.push(...added);
        await gate;
      },
      size: () => ({ items: values.length, bytes: 0 }),
    },
  };
}

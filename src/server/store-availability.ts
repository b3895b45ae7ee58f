import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailableError } from '../store/index.ts';

/** Whether a storage outside this process answers: of interest to whom decides where requests go. */
export interface StoreAvailability {
  /** Told how each of its operations ended. @param failure undefined: it worked */
  observe(failure: unknown): void;
  isAway(): boolean;
}

export interface StoreAvailabilityDeps {
  /** Asks it something, which is observed. */
  probe(): Promise<unknown>;
  /** Between two questions to one that is away, in milliseconds. Default: 500. */
  readonly probeMs?: number;
}

/** One operation that was not answered says that it is away; from then on it is asked until it answers. */
export function createStoreAvailability({ probe, probeMs = 500 }: StoreAvailabilityDeps): StoreAvailability {
  let away = false;
  let asking = false;

  async function askUntilAnswered(): Promise<void> {
    if (asking) return;
    asking = true;
    while (away) {
      await pause(probeMs, undefined, { ref: false });
      await probe().catch(() => {});
    }
    asking = false;
  }

  return {
    observe(failure) {
      away = failure instanceof StoreUnavailableError;
      if (away) void askUntilAnswered();
    },
    isAway: () => away,
  };
}

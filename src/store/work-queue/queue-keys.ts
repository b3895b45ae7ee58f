/** Digits of Number.MAX_SAFE_INTEGER: times of one width sort as text. */
const TIME_DIGITS = 16;
const SEQUENCE_DIGITS = 9;

/**
 * Where a queue keeps what, each under the item's id:
 * `item/` its value, never rewritten; `try/` how often it was claimed and when it may be again; `claim/` exists while it
 * is worked on and dies with the worker's lease; `dead/` the value of an item that was given up.
 */
export interface QueueKeys {
  readonly all: string;
  readonly item: string;
  readonly try: string;
  readonly claim: string;
  readonly dead: string;
}

export function queueKeys(prefix: string): QueueKeys {
  return {
    all: prefix,
    item: `${prefix}item/`,
    try: `${prefix}try/`,
    claim: `${prefix}claim/`,
    dead: `${prefix}dead/`,
  };
}

/**
 * Makes ids that sort by age: by the clock, then by the order of the calls. A clock that is set back does not reorder
 * what this process adds.
 * @param instance makes the ids differ from those of every other process
 */
export function createItemIds(now: () => number, instance: string): () => string {
  let time = 0;
  let sequence = 0;
  return () => {
    time = Math.max(time, Math.trunc(now()));
    sequence += 1;
    return `${String(time).padStart(TIME_DIGITS, '0')}-${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${instance}`;
  };
}

/** When the item was added, in milliseconds since the epoch. */
export function timeOfItem(id: string): number {
  return Number(id.slice(0, TIME_DIGITS));
}

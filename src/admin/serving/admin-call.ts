import type { Call, Watches } from '../../cluster/index.ts';
import type { AdminKind, Writing } from '../kind.ts';

/** One request on a kind of the group. */
export interface AdminCall extends Call {
  readonly kind: AdminKind;
  /** For a write; a dry run or not. */
  writing(dryRun: boolean): Writing;
}

export interface ServingContext {
  readonly deps: {
    /** Milliseconds since the epoch. */
    now(): number;
    readonly log: {
      warn(fields: object, message: string): void;
      error(fields: object, message: string): void;
    };
  };
  readonly maxBodyBytes: number;
  /** Aborted when the API closes. */
  readonly closing: AbortSignal;
  readonly watches: Watches;
}

export type AdminHandler = (context: ServingContext, call: AdminCall) => Promise<void>;

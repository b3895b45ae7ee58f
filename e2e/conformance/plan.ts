import type { RelyingParty } from './relying-party.ts';
import type { Subject } from './subject.ts';

/** What a module is run against. */
export interface Under {
  readonly subject: Subject;
  /** `planClient`, which has discovered it. */
  readonly rp: RelyingParty;
}

export type Module = (under: Under) => Promise<unknown>;

/** The modules of a plan, by name. */
export type Plan = Readonly<Record<string, Module>>;

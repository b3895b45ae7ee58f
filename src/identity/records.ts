import type { SessionData } from 'express-session';
import { createExpiring, type Expiring, type Store } from '../store/index.ts';
import type { PollRecord } from './device/poll-limit.ts';
import type { KeptRecord } from './interaction/kept-for-browser.ts';
import type { StoredModel } from './provider/stored-model.ts';

/** The record sets that several rooms of this door share; each room opens those of its own. */
export interface Records {
  /** What the provider keeps. */
  readonly models: Expiring<StoredModel>;
  readonly indexes: Expiring<string>;
  readonly polls: Expiring<PollRecord>;
  /** What is kept for a browser between two pages. */
  readonly pages: Expiring<SessionData>;
  /** What a form has brought forth, for the page after it. */
  readonly kept: Expiring<KeptRecord>;
}

export function openRecords(store: Store, now: () => number): Records {
  return {
    models: createExpiring(store, { prefix: 'identity/oidc/', now }),
    indexes: createExpiring(store, { prefix: 'identity/index/', now }),
    polls: createExpiring(store, { prefix: 'identity/polls/', now }),
    pages: createExpiring(store, { prefix: 'identity/pages/', now }),
    kept: createExpiring(store, { prefix: 'identity/kept/', now }),
  };
}

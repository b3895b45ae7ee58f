import type { Expiring, ExpiringRecord } from '../../store/index.ts';
import { describeDevice } from './device.ts';
import { type SessionRecord, sessionKey } from './session-record.ts';

/** Where a request came from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string | undefined;
}

export interface BrowserUse extends Origin {
  readonly id: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface GrantUse extends BrowserUse {
  readonly clientId: string;
  readonly browser: string | undefined;
  readonly bound: boolean;
  readonly scopes: readonly string[];
}

export interface SessionUse {
  browserUsed(use: BrowserUse): Promise<void>;
  grantUsed(use: GrantUse): Promise<void>;
  /**
   * Lists a grant that nothing was issued under yet, so that whatever ends the account finds it.
   * @param within the browser session that it was given in
   * @returns false when that one has ended meanwhile: then the grant must not stay either
   */
  grantGiven(use: GrantUse, within: string): Promise<boolean>;
}

export interface SessionUseDeps {
  readonly sessions: Expiring<SessionRecord>;
  readonly ended: Expiring<true>;
  now(): number;
}

type Known = ExpiringRecord<SessionRecord> | undefined;
type About = Pick<SessionRecord, 'kind' | 'clientId' | 'browser' | 'bound' | 'scopes'>;

/** A use is written when the one before is older; so a record may be as much behind. */
const granularity = 60_000;

/** Keeps the list of an account's sessions: who, with what, from where, when. */
export function createSessionUse({ sessions, ended, now }: SessionUseDeps): SessionUse {
  async function write(record: SessionRecord, before: Known): Promise<void> {
    const key = sessionKey(record.accountId, record.id);
    // Longer than what it stands for, by more than it may be behind: what still lives is always in the list.
    const end = record.expiresAt + 2 * granularity;
    const done = before && (await sessions.put(key, record, end, { replacing: before }));
    if (done === undefined) await sessions.put(key, record, end);
    // Ended while its last answer was on its way.
    if ((await ended.get(record.id)) !== undefined) await sessions.delete(key);
  }

  function isFresh(known: SessionRecord | undefined, expiresAt: number): boolean {
    return (
      known !== undefined &&
      now() - known.lastUsedAt < granularity &&
      expiresAt - known.expiresAt < granularity
    );
  }

  async function known(accountId: string, id: string | undefined): Promise<Known> {
    return id === undefined ? undefined : sessions.get(sessionKey(accountId, id));
  }

  /** @param about what kind of session it is, and what of it a use does not change */
  async function used(
    { id, accountId, address, userAgent, ...use }: BrowserUse,
    about: About,
  ): Promise<void> {
    const record = await known(accountId, id);
    const before = record?.value;
    if (isFresh(before, use.expiresAt)) return;
    const device = describeDevice(userAgent);
    const written: SessionRecord = {
      ...about,
      id,
      accountId,
      signedInWith:
        before?.signedInWith ?? (await known(accountId, about.browser))?.value.signedInWith ?? device,
      lastUsedWith: device,
      address,
      createdAt: before?.createdAt ?? now(),
      lastUsedAt: now(),
      // A grant's code that is on its way shortens nothing; a browser may have signed in for a shorter time.
      expiresAt: about.kind === 'browser' ? use.expiresAt : Math.max(use.expiresAt, before?.expiresAt ?? 0),
    };
    await write(written, record);
  }

  function grantUsed({ clientId, browser, bound, scopes, ...use }: GrantUse): Promise<void> {
    const within = browser === undefined ? {} : { browser };
    return used(use, { kind: 'application', clientId, ...within, bound, scopes });
  }

  return {
    browserUsed: (use) => used(use, { kind: 'browser', bound: false, scopes: [] }),
    grantUsed,
    async grantGiven(use, within) {
      await grantUsed(use);
      return (await ended.get(within)) === undefined;
    },
  };
}

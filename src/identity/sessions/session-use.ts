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

  async function grantUsed(use: GrantUse): Promise<void> {
    const { id, accountId, clientId, browser, bound, scopes, expiresAt, address, userAgent } = use;
    const record = await known(accountId, id);
    const before = record?.value;
    if (isFresh(before, expiresAt)) return;
    const device = describeDevice(userAgent);
    const written: SessionRecord = {
      id,
      kind: 'application',
      accountId,
      clientId,
      ...(browser === undefined ? {} : { browser }),
      bound,
      scopes,
      signedInWith: before?.signedInWith ?? (await known(accountId, browser))?.value.signedInWith ?? device,
      lastUsedWith: device,
      address,
      createdAt: before?.createdAt ?? now(),
      lastUsedAt: now(),
      // A code that is on its way shortens nothing.
      expiresAt: Math.max(expiresAt, before?.expiresAt ?? 0),
    };
    await write(written, record);
  }

  return {
    async browserUsed({ id, accountId, expiresAt, address, userAgent }) {
      const record = await known(accountId, id);
      const before = record?.value;
      if (isFresh(before, expiresAt)) return;
      const device = describeDevice(userAgent);
      const written: SessionRecord = {
        id,
        kind: 'browser',
        accountId,
        bound: false,
        scopes: [],
        signedInWith: before?.signedInWith ?? device,
        lastUsedWith: device,
        address,
        createdAt: before?.createdAt ?? now(),
        lastUsedAt: now(),
        expiresAt,
      };
      await write(written, record);
    },
    grantUsed,
    async grantGiven(use, within) {
      await grantUsed(use);
      return (await ended.get(within)) === undefined;
    },
  };
}

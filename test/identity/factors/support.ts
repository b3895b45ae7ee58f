import { Secret, TOTP } from 'otpauth';
import type { IdentityEvent } from '../../../src/identity/audit/index.ts';
import { createClientConfigs } from '../../../src/identity/clients/client-configs.ts';
import { createFactorRecords } from '../../../src/identity/factors/factor-records.ts';
import { type OpenFactors, openFactors } from '../../../src/identity/factors/open-factors.ts';
import type { MfaConfig } from '../../../src/identity/factors/requirement.ts';
import { createMemoryStore, createSealer, type Store } from '../../../src/store/index.ts';
import { decodeEntities, type PageSeen } from '../support/browser-like.ts';
import { openLocalAccounts } from '../support/local-accounts.ts';

export const issuer = 'https://login.example.com';
export const by = { name: 'id-jane', address: '192.0.2.1' };
export const binding = 'the browser’s session';

export interface FactorsFixture extends OpenFactors {
  readonly store: Store;
  readonly events: IdentityEvent[];
  /** Accounts whose sessions were ended. */
  readonly ended: string[];
  readonly clock: { now: number };
}

/** Second factors as door 1 opens them, on a store and a clock of their own. */
export async function openTestFactors(config: Partial<MfaConfig> = {}): Promise<FactorsFixture> {
  const store = createMemoryStore();
  const events: IdentityEvent[] = [];
  const ended: string[] = [];
  const local = await openLocalAccounts({ store });
  const { clock } = local;
  const sealer = createSealer({ current: Buffer.alloc(32, 7), previous: [] });
  const factors = await openFactors({
    issuer,
    name: () => 'Example',
    store,
    records: createFactorRecords(store, sealer),
    config,
    clients: createClientConfigs([]),
    accounts: local.accounts,
    throttle: local.throttle,
    audit: { record: async (event) => void events.push(event) },
    endAllOf: async (accountId) => void ended.push(accountId),
    secret: 'secret',
    secrets: () => ['secret'],
    now: () => clock.now,
  });
  return { ...factors, store, events, ended, clock };
}

/** What an authenticator app shows. @param at milliseconds since the epoch */
export function codeAt(secret: string, at: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: at });
}

/** How each of several attempts at once has ended: `passed`, or the fault. */
export async function outcomes(attempts: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(attempts)) {
    const how = result.status === 'fulfilled' ? 'passed' : String(result.reason.fault);
    counts[how] = (counts[how] ?? 0) + 1;
  }
  return counts;
}

/** The secret that a page offers to an authenticator app. */
export function secretOn(page: PageSeen): string {
  const secret = /this secret into it: <code>([A-Z2-7 ]+)<\/code>/.exec(page.body)?.[1];
  if (secret === undefined) throw new Error(`no secret on ${page.url}`);
  return secret;
}

/** What a page gives to the browser for a passkey. */
export function optionsOn(page: PageSeen): string {
  const options = /data-options="([^"]*)"/.exec(page.body)?.[1];
  if (options === undefined) throw new Error(`no passkey form on ${page.url}`);
  return decodeEntities(options);
}

export function codesOn(page: PageSeen): string[] {
  return [...page.body.matchAll(/<li><code>([0-9A-Z-]{19})<\/code>/g)].map(([, code = '']) => code);
}

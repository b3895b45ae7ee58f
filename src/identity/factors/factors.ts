import { type Actor, audited, type IdentityAudit } from '../audit/index.ts';
import { FactorError } from './factor-error.ts';
import { enrolledKinds, type FactorRecord } from './factor-record.ts';
import type { FactorRecords } from './factor-records.ts';
import type { FactorKind } from './methods.ts';
import { codesLeft, newRecoveryCodes } from './recovery-codes.ts';
import type { Requirement } from './requirement.ts';

/** A second factor as people and operators see it: nothing of its secret. */
export interface Factor {
  /** The passkey's credential id, or `totp`. */
  readonly id: string;
  readonly kind: FactorKind;
  readonly name: string;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  readonly lastUsedAt: number | undefined;
  /** It opens nothing any more, because somebody may have a copy of it. */
  readonly flagged: boolean;
}

export interface FactorList {
  readonly factors: readonly Factor[];
  /** undefined when there are none. */
  readonly recoveryCodes:
    | { readonly left: number; readonly createdAt: number; readonly lastUsedAt: number | undefined }
    | undefined;
}

/** The second factors of an account. */
export interface Factors {
  /** The oldest first. */
  list(accountId: string): Promise<FactorList>;
  /** @throws FactorError `notFound` */
  rename(accountId: string, factorId: string, name: string, by: Actor): Promise<void>;
  /**
   * By the person.
   * @param required what the account must be able to show
   * @throws FactorError `notFound`, `needed`
   */
  remove(accountId: string, factorId: string, required: Requirement, by: Actor): Promise<void>;
  /** New recovery codes; the old ones are worth nothing any more. @throws FactorError `notFound` when there is no factor */
  renewRecoveryCodes(accountId: string, by: Actor): Promise<readonly string[]>;
  /**
   * Takes all factors and recovery codes away, for somebody who has lost them, and ends the account's sessions: what was
   * shown in them may be in other hands. False when there were none.
   */
  reset(accountId: string, by: Actor): Promise<boolean>;
}

export interface FactorsDeps {
  readonly records: FactorRecords;
  readonly audit: IdentityAudit;
  /** Ends every session and grant of an account. */
  endAllOf(accountId: string): Promise<unknown>;
  now(): number;
}

const totpId = 'totp';

/** Characters of a name that somebody gives to a factor. */
const longestName = 60;

/** A name as it is kept; the other one when nothing is left of it. */
export function factorName(typed: string, otherwise: string): string {
  const name = typed.replace(/\p{C}/gu, '').trim();
  return [...(name === '' ? otherwise : name)].slice(0, longestName).join('');
}

function without(record: FactorRecord, factorId: string): FactorRecord {
  const { totp, recovery, ...rest } = record;
  const next = {
    ...rest,
    ...(totp === undefined || factorId === totpId ? {} : { totp }),
    passkeys: record.passkeys.filter(({ id }) => id !== factorId),
  };
  // Recovery codes stand in for a factor: without one they are a way in of their own.
  const none = next.totp === undefined && next.passkeys.length === 0;
  return none || recovery === undefined ? next : { ...next, recovery };
}

function isNeeded(before: FactorRecord, after: FactorRecord, { kinds, any }: Requirement): boolean {
  const [had, has] = [enrolledKinds(before), enrolledKinds(after)];
  return (any && had.size > 0 && has.size === 0) || kinds.some((kind) => had.has(kind) && !has.has(kind));
}

export function createFactors(deps: FactorsDeps): Factors {
  const { records, now } = deps;

  function mustHave({ totp, passkeys }: FactorRecord, id: string): void {
    const has = id === totpId ? totp !== undefined : passkeys.some((passkey) => passkey.id === id);
    if (!has) throw new FactorError('notFound');
  }

  return {
    list: async (accountId) => toList(await records.read(accountId)),
    async rename(accountId, factorId, typed, by) {
      await audited(deps, { action: 'factor.rename', by, subject: accountId }, () =>
        records.update(accountId, (record) => {
          mustHave(record, factorId);
          const passkeys = record.passkeys.map((one) =>
            one.id === factorId ? { ...one, name: factorName(typed, one.name) } : one,
          );
          if (factorId !== totpId || record.totp === undefined) return { ...record, passkeys };
          return { ...record, totp: { ...record.totp, name: factorName(typed, record.totp.name) } };
        }),
      );
    },
    async remove(accountId, factorId, required, by) {
      await audited(deps, { action: 'factor.remove', by, subject: accountId }, () =>
        records.update(accountId, (record) => {
          mustHave(record, factorId);
          const next = without(record, factorId);
          if (isNeeded(record, next, required)) throw new FactorError('needed');
          return next;
        }),
      );
    },
    renewRecoveryCodes: (accountId, by) =>
      audited(deps, { action: 'factor.recovery-codes', by, subject: accountId }, async () => {
        const { codes, record: recovery } = newRecoveryCodes(now());
        await records.update(accountId, (record) => {
          if (enrolledKinds(record).size === 0) throw new FactorError('notFound');
          return { ...record, recovery };
        });
        return codes;
      }),
    reset: (accountId, by) =>
      audited(deps, { action: 'factor.reset', by, subject: accountId }, async () => {
        const removed = await records.remove(accountId);
        // Also when there were none: a reset that was interrupted is done again.
        await deps.endAllOf(accountId);
        return removed;
      }),
  };
}

function toList({ totp, passkeys, recovery }: FactorRecord): FactorList {
  const factors: Factor[] = passkeys.map(({ id, name, createdAt, lastUsedAt, flaggedAt }) => ({
    id,
    kind: 'WebAuthn',
    name,
    createdAt,
    lastUsedAt,
    flagged: flaggedAt !== undefined,
  }));
  if (totp !== undefined) {
    const { name, createdAt, lastUsedAt } = totp;
    factors.push({ id: totpId, kind: 'TOTP', name, createdAt, lastUsedAt, flagged: false });
  }
  const used = recovery?.codes.flatMap(({ usedAt }) => usedAt ?? []) ?? [];
  return {
    factors: factors.sort((a, b) => a.createdAt - b.createdAt),
    recoveryCodes: recovery && {
      left: codesLeft(recovery),
      createdAt: recovery.createdAt,
      lastUsedAt: used.length === 0 ? undefined : Math.max(...used),
    },
  };
}

import { type Actor, audited, type IdentityAudit } from '../audit/index.ts';
import { FactorError } from './factor-error.ts';
import type { FactorLimit } from './factor-limit.ts';
import type { FactorRecord, PasskeyRecord } from './factor-record.ts';
import type { FactorRecords } from './factor-records.ts';
import { amrOfPasskey, amrOfRecovery, amrOfTotp } from './methods.ts';
import { readRecoveryCode, useRecoveryCode } from './recovery-codes.ts';
import { type PasskeyAnswer, type RelyingParty, readPasskeyAnswer } from './relying-party.ts';
import { totpStep } from './totp.ts';

/** Whether a factor that is shown is right. Each code, challenge and step is right once, whoever asks and wherever. */
export interface FactorCheck {
  /**
   * A code of the authenticator app or a recovery code, as it was typed.
   * @returns what it adds to `amr`
   * @throws FactorError `wrong`, `throttled`
   */
  code(accountId: string, typed: string, by: Actor): Promise<readonly string[]>;
  /**
   * The answer of one of the account's passkeys, as a second factor.
   * @param binding the browser's session that the challenge was issued to
   * @throws FactorError `wrong`, `counter`, `throttled`
   */
  passkey(accountId: string, answer: string, binding: string, by: Actor): Promise<readonly string[]>;
  /**
   * The same as the only factor: it says whose it is, and has verified its owner.
   * @throws FactorError `wrong`, `counter`, `throttled`
   */
  alone(
    answer: string,
    binding: string,
    by: Actor,
  ): Promise<{ readonly accountId: string; readonly amr: readonly string[] }>;
}

export interface FactorCheckDeps {
  readonly records: FactorRecords;
  readonly limit: FactorLimit;
  readonly relyingParty: RelyingParty;
  readonly audit: IdentityAudit;
  /** Whether the account is kept here and may sign in: of people from elsewhere a passkey is only the second factor. */
  signsInHere(accountId: string): Promise<boolean>;
  now(): number;
}

/** Digits in groups, as some apps show them. */
const digitsOf = (typed: string) => typed.replace(/[\s-]/g, '');

export function createFactorCheck(deps: FactorCheckDeps): FactorCheck {
  const { records, limit, relyingParty, now } = deps;

  async function counted<T>(
    accountId: string,
    by: Actor,
    guessable: boolean,
    work: () => Promise<T>,
  ): Promise<T> {
    const attempt = await limit.begin(accountId, by.address ?? '', guessable);
    if (attempt.wait > 0) throw new FactorError('throttled', attempt.wait);
    const result = await work();
    await attempt.succeeded();
    return result;
  }

  async function useTotp(accountId: string, code: string): Promise<readonly string[]> {
    await records.update(accountId, (record) => {
      const step = record.totp && totpStep(record.totp.secret, code, now());
      if (record.totp === undefined || step === undefined || step <= record.totp.lastStep)
        throw new FactorError('wrong');
      return { ...record, totp: { ...record.totp, lastStep: step, lastUsedAt: now() } };
    });
    return amrOfTotp;
  }

  async function useRecovery(accountId: string, code: string): Promise<readonly string[]> {
    await records.update(accountId, (record) => {
      const used = record.recovery && useRecoveryCode(record.recovery, code, now());
      if (used === undefined) throw new FactorError('wrong');
      return { ...record, recovery: used };
    });
    return amrOfRecovery;
  }

  /** Writes down that a passkey was used, and flags one that has counted backwards. */
  async function useSignature(accountId: string, id: string, counter: number): Promise<PasskeyRecord> {
    const used = await records.update(accountId, (record) => {
      const passkey = record.passkeys.find((one) => one.id === id);
      if (passkey === undefined || passkey.flaggedAt !== undefined) throw new FactorError('wrong');
      const counts = counter > 0 || passkey.counter > 0;
      const next =
        counts && counter <= passkey.counter
          ? { ...passkey, flaggedAt: now() }
          : { ...passkey, counter, lastUsedAt: now() };
      return { ...record, passkeys: record.passkeys.map((one) => (one === passkey ? next : one)) };
    });
    const passkey = used.passkeys.find((one) => one.id === id);
    if (passkey === undefined || passkey.flaggedAt !== undefined) throw new FactorError('counter');
    return passkey;
  }

  async function useAnswer(
    accountId: string,
    record: FactorRecord,
    answer: PasskeyAnswer,
    { binding, alone }: { readonly binding: string; readonly alone: boolean },
  ): Promise<readonly string[]> {
    const passkey = record.passkeys.find(({ id }) => id === answer.credentialId);
    const isOwn = answer.handle === undefined ? !alone : answer.handle === relyingParty.handleOf(accountId);
    if (passkey === undefined || !isOwn) throw new FactorError('wrong');
    const assertion = await relyingParty.asserted(answer, binding, passkey, alone);
    if (assertion === undefined) throw new FactorError('wrong');
    const { synced } = await useSignature(accountId, passkey.id, assertion.counter);
    return amrOfPasskey(synced);
  }

  return {
    code(accountId, typed, by) {
      const recovery = readRecoveryCode(typed);
      const action = recovery === undefined ? 'factor.totp' : 'factor.recovery';
      return audited(deps, { action, by, subject: accountId }, () =>
        counted(accountId, by, recovery === undefined, () =>
          recovery === undefined ? useTotp(accountId, digitsOf(typed)) : useRecovery(accountId, recovery),
        ),
      );
    },
    passkey: (accountId, text, binding, by) =>
      audited(deps, { action: 'factor.passkey', by, subject: accountId }, () =>
        counted(accountId, by, false, async () => {
          const answer = readPasskeyAnswer(text);
          if (answer === undefined) throw new FactorError('wrong');
          return useAnswer(accountId, await records.read(accountId), answer, { binding, alone: false });
        }),
      ),
    async alone(text, binding, by) {
      const answer = readPasskeyAnswer(text);
      const owner = answer && (await records.ownerOf(answer.credentialId));
      return audited(deps, { action: 'sign-in', by, subject: owner, detail: 'passkey' }, () =>
        counted(owner ?? '', by, false, async () => {
          if (answer === undefined || owner === undefined || !(await deps.signsInHere(owner)))
            throw new FactorError('wrong');
          const amr = await useAnswer(owner, await records.read(owner), answer, { binding, alone: true });
          return { accountId: owner, amr };
        }),
      );
    },
  };
}

import { type Actor, audited, type IdentityAudit } from '../audit/index.ts';
import { FactorError } from './factor-error.ts';
import type { FactorRecord } from './factor-record.ts';
import type { FactorRecords } from './factor-records.ts';
import { factorName } from './factors.ts';
import { newRecoveryCodes } from './recovery-codes.ts';
import type { RelyingParty } from './relying-party.ts';
import { totpStep } from './totp.ts';

/** How accounts get factors. Whoever may ask for it has to be settled before. */
export interface Enrolment {
  /**
   * The secret that was offered, confirmed by a code of the app that has it now.
   * @throws FactorError `wrong`; `exists` when the account has an app already
   */
  totp(accountId: string, secret: string, code: string, by: Actor): Promise<EnrolledFactor>;
  /**
   * The passkey that a browser has made.
   * @throws FactorError `wrong`, `exists`, `tooMany`
   */
  passkey(
    accountId: string,
    made: MadePasskey,
    by: Actor,
  ): Promise<EnrolledFactor & { readonly synced: boolean }>;
}

export interface MadePasskey {
  /** As the page's script has sent it. */
  readonly answer: string;
  /** The browser's session that the challenge was issued to. */
  readonly binding: string;
  readonly name: string;
}

export interface EnrolledFactor {
  /** Of an account that had none: to be shown, this once. */
  readonly recoveryCodes: readonly string[] | undefined;
}

export interface EnrolmentDeps {
  readonly records: FactorRecords;
  readonly relyingParty: RelyingParty;
  readonly audit: IdentityAudit;
  now(): number;
}

const mostPasskeys = 20;

export function createEnrolment(deps: EnrolmentDeps): Enrolment {
  const { records, relyingParty, now } = deps;

  async function add(accountId: string, change: (record: FactorRecord) => FactorRecord) {
    const { codes, record: recovery } = newRecoveryCodes(now());
    const after = await records.update(accountId, (record) => ({ recovery, ...change(record) }));
    return { recoveryCodes: after.recovery?.salt === recovery.salt ? codes : undefined };
  }

  return {
    totp: (accountId, secret, code, by) =>
      audited(deps, { action: 'factor.add', by, subject: accountId }, async () => {
        const lastStep = totpStep(secret, code.replace(/[\s-]/g, ''), now());
        if (lastStep === undefined) throw new FactorError('wrong');
        return add(accountId, (record) => {
          if (record.totp !== undefined) throw new FactorError('exists');
          return { ...record, totp: { secret, name: 'Authenticator app', createdAt: now(), lastStep } };
        });
      }),
    passkey: (accountId, { answer, binding, name }, by) =>
      audited(deps, { action: 'factor.add', by, subject: accountId }, async () => {
        const created = await relyingParty.created(answer, binding);
        if (created === undefined) throw new FactorError('wrong');
        const added = await add(accountId, (record) => {
          if (record.passkeys.some(({ id }) => id === created.id)) throw new FactorError('exists');
          if (record.passkeys.length >= mostPasskeys) throw new FactorError('tooMany');
          const passkey = { ...created, name: factorName(name, 'Passkey'), createdAt: now() };
          return { ...record, passkeys: [...record.passkeys, passkey] };
        });
        return { ...added, synced: created.synced };
      }),
  };
}

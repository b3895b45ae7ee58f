import type { FactorKind } from './methods.ts';

/** What an account has enrolled, as the store has it: one record, so that whatever is used once is used by one writer. */
export interface FactorRecord {
  readonly totp?: TotpRecord;
  readonly passkeys: readonly PasskeyRecord[];
  readonly recovery?: RecoveryRecord;
}

export interface TotpRecord {
  /** Base32. */
  readonly secret: string;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  /** Of the last code that was used: that one and all before it are worth nothing any more (RFC 6238 §5.2). */
  readonly lastStep: number;
}

export interface PasskeyRecord {
  /** Base64url, as the public key. */
  readonly id: string;
  readonly publicKey: string;
  /** How often it has signed, as it says itself; always 0 for those that do not count. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  /** It may be on several devices. */
  readonly synced: boolean;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  /** When its counter has gone back: somebody may have a copy of it (WebAuthn §6.1.1). It opens nothing any more. */
  readonly flaggedAt?: number;
}

export interface RecoveryRecord {
  readonly salt: string;
  readonly createdAt: number;
  readonly codes: readonly { readonly hash: string; readonly usedAt?: number }[];
}

export const noFactors: FactorRecord = { passkeys: [] };

/**
 * The kinds of factors that the account has. A flagged passkey is one of them: else whoever has a copy of it would have
 * made the password enough.
 */
export function enrolledKinds({ totp, passkeys }: FactorRecord): ReadonlySet<FactorKind> {
  const kinds = new Set<FactorKind>();
  if (totp !== undefined) kinds.add('TOTP');
  if (passkeys.length > 0) kinds.add('WebAuthn');
  return kinds;
}

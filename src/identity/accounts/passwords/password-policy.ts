import { AccountError } from '../account-error.ts';
import { comparable, loadKnownPasswords } from './known-passwords.ts';

/** Why a password is refused. */
export type PasswordRule = 'tooShort' | 'tooLong' | 'known' | 'personal' | 'same';

export interface PasswordPolicy {
  /** Unicode characters. */
  readonly minLength: number;
  /** @throws AccountError `passwordRefused`, with the rule */
  check(password: string, owner: PasswordOwner): Promise<void>;
}

/** What everybody knows of the person whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  readonly preferredUsername?: string | undefined;
}

export interface PasswordPolicyOptions {
  /** Unicode characters. Default: 12. */
  readonly minLength?: number | undefined;
}

const defaultMinLength = 12;

/** Bytes in UTF-8: longer than any passphrase, short enough to be hashed by the hundred. */
export const longestPassword = 1024;

/**
 * What a new password must be. No rules about kinds of characters and no expiry: they make passwords worse (NIST SP
 * 800-63B §5.1.1.2). Passwords of the configuration file are their author's affair.
 * @param context names that everybody would try: of the service, of its host
 */
export function createPasswordPolicy(
  { minLength = defaultMinLength }: PasswordPolicyOptions,
  context: () => readonly string[],
): PasswordPolicy {
  function refuse(rule: PasswordRule, message: string): never {
    throw new AccountError('passwordRefused', message, { field: 'password', rule });
  }

  return {
    minLength,
    async check(password, { email, name, preferredUsername = '' }) {
      if ([...password].length < minLength)
        refuse('tooShort', `the password has fewer than ${minLength} characters`);
      if (Buffer.byteLength(password) > longestPassword)
        refuse('tooLong', `the password is longer than ${longestPassword} bytes`);
      const folded = comparable(password);
      const personal = [email, email.split('@')[0] ?? '', name, preferredUsername, ...context()];
      if (personal.map((text) => comparable(text.trim())).includes(folded.trim()))
        refuse('personal', 'the password is a name of its owner or of this service');
      if ((await loadKnownPasswords()).has(folded))
        refuse('known', 'the password is on the list of passwords that attackers try first');
    },
  };
}

import type { PasswordRule } from './passwords/password-policy.ts';

/**
 * - `notFound`: there is no such user, or no group of that name
 * - `taken`: another account has the login, or a group has the name
 * - `changed`: the record is not at the revision that the caller has seen
 * - `readOnly`: the account comes from the configuration file
 * - `invalid`: a field cannot be kept as it is
 * - `nesting`: groups would be nested deeper than one level
 * - `passwordRefused`: the policy refuses the new password
 * - `wrongPassword`: the current password is not that
 * - `throttled`: too many attempts; nothing was looked at
 * - `busy`: more passwords are waiting than can be hashed in reasonable time
 * - `resetInvalid`: the reset token is unknown, used, replaced by a newer one or too old
 */
export type AccountFault =
  | 'notFound'
  | 'taken'
  | 'changed'
  | 'readOnly'
  | 'invalid'
  | 'nesting'
  | 'passwordRefused'
  | 'wrongPassword'
  | 'throttled'
  | 'busy'
  | 'resetInvalid';

/** One thing that is wrong with what was sent. */
export interface FieldFault {
  /** Undefined: it is about several. */
  readonly field: string | undefined;
  readonly message: string;
}

export interface AccountErrorFacts {
  /** All that is wrong, where it is more than the message says of one field. */
  readonly faults?: readonly FieldFault[];
  /** The field that the fault is about. */
  readonly field?: string;
  /** The rule that refuses the password. */
  readonly rule?: PasswordRule;
  /** Milliseconds until it is worth another try. */
  readonly wait?: number;
}

/** Why an operation on users or groups was refused. The message is for operators and may quote what they typed. */
export class AccountError extends Error {
  readonly code = 'SP_IDENTITY_ACCOUNT';
  readonly fault: AccountFault;
  readonly field: string | undefined;
  readonly rule: PasswordRule | undefined;
  readonly wait: number | undefined;
  readonly faults: readonly FieldFault[] | undefined;

  constructor(fault: AccountFault, message: string, { field, rule, wait, faults }: AccountErrorFacts = {}) {
    super(message);
    this.fault = fault;
    this.field = field;
    this.rule = rule;
    this.wait = wait;
    this.faults = faults;
  }
}

/**
 * - `wrong`: the code or the answer of the passkey is not right, not right any more, or was used already
 * - `counter`: the passkey has counted backwards, so that there may be a copy of it; to the person the same as `wrong`
 * - `throttled`: too many tries; nothing was looked at
 * - `notFound`: the account has no such factor
 * - `exists`: it has that already, or another account has
 * - `needed`: it is the last one, and one is required
 * - `tooMany`: the account has as many as it may have
 */
export type FactorFault = 'wrong' | 'counter' | 'throttled' | 'notFound' | 'exists' | 'needed' | 'tooMany';

/** Why something about a second factor was refused. */
export class FactorError extends Error {
  readonly code = 'SP_IDENTITY_FACTOR';
  readonly fault: FactorFault;
  /** Milliseconds until it is worth another try. */
  readonly wait: number | undefined;

  constructor(fault: FactorFault, wait?: number) {
    super(`second factor: ${fault}`);
    this.fault = fault;
    this.wait = wait;
  }
}

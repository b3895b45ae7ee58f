import type { ReadinessCheck } from './readiness.ts';

/**
 * Whether the keys of every issuer have been loaded once; keys that can't be renewed at the moment still count. Says how
 * many are missing, not whose: the log does, and addresses are for operators.
 */
export function createIssuerKeysCheck(
  issuers: () => { readonly total: number; readonly withoutKeys: number },
): ReadinessCheck {
  return {
    name: 'issuer-keys',
    failing() {
      const { total, withoutKeys } = issuers();
      return withoutKeys === 0 ? undefined : `the keys of ${withoutKeys} of ${total} issuers are not loaded`;
    },
  };
}

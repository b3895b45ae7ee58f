/** One spelling for everything a person may type: surrounding blanks, case and Unicode composition do not count. */
export function normalizeLogin(login: string): string {
  return login.trim().normalize('NFC').toLowerCase();
}

/** Before a client's id where people's usernames stand, in tokens that it gets for itself: no stored user may be called so. */
export const clientUsernamePrefix = 'client:';

/** Longer than any e-mail address or username (RFC 5321 §4.5.3.1): not worth a look. */
export const longestLogin = 320;

/** Everything that an account can sign in by, normalized. */
export function loginsOf(account: {
  readonly email: string;
  readonly preferredUsername?: string | undefined;
}): ReadonlySet<string> {
  return new Set([account.email, account.preferredUsername ?? account.email].map(normalizeLogin));
}

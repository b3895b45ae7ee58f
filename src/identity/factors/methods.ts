/** A kind of second factor, by Dex's names for them. */
export type FactorKind = 'TOTP' | 'WebAuthn';

/**
 * How surely a person is known, from less to more; the values of `acr`. Each is more than the ones before it.
 * - `1fa`: one factor
 * - `mfa`: two factors, or a passkey that has verified its owner
 * - `phr`: the same, and no other site can have been in between (OpenID Connect EAP ACR Values 1.0 §2)
 */
export const levels = ['1fa', 'mfa', 'phr'] as const;

export type Level = (typeof levels)[number];

/** What `amr` says of a sign-in that a recovery code stood in for a factor at; RFC 8176 has no word for it. */
export const recovery = 'recovery';

/** `amr` values (RFC 8176 §2) of a second factor that was passed. */
export const amrOfTotp: readonly string[] = ['otp', 'mfa'];
export const amrOfRecovery: readonly string[] = [recovery, 'mfa'];

/**
 * The same of a passkey: one that comes second, or has verified its owner.
 * @param synced its key is in software that carries it to other devices (`swk`), not bound to one (`hwk`)
 */
export function amrOfPasskey(synced: boolean): readonly string[] {
  return [synced ? 'swk' : 'hwk', 'user', 'mfa'];
}

export function joinAmr(...parts: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(parts.flat())];
}

/** The kinds of factors that a sign-in has passed. */
export function passedKinds(amr: readonly string[]): ReadonlySet<FactorKind> {
  const kinds = new Set<FactorKind>();
  if (amr.includes('otp')) kinds.add('TOTP');
  if (amr.includes('hwk') || amr.includes('swk')) kinds.add('WebAuthn');
  return kinds;
}

/** undefined: nothing is known of how the person signed in. */
export function levelOf(amr: readonly string[]): Level | undefined {
  if (amr.length === 0) return undefined;
  if (!amr.includes('mfa')) return '1fa';
  return passedKinds(amr).has('WebAuthn') ? 'phr' : 'mfa';
}

function rank(level: string | undefined): number {
  return (levels as readonly (string | undefined)[]).indexOf(level);
}

/**
 * The `acr` of a token: of the values that were asked for, the first that was reached; else the one that was.
 * Source: OpenID Connect Core §3.1.2.1 (in order of preference)
 */
export function acrOf(amr: readonly string[], asked: readonly string[] = []): Level | undefined {
  const reached = levelOf(amr);
  return levels.find((level) => level === asked.find((one) => isReached(one, reached))) ?? reached;
}

function isReached(asked: string, reached: Level | undefined): boolean {
  return rank(asked) >= 0 && rank(asked) <= rank(reached);
}

/** What must still be reached for one of the values asked for; undefined when one is, or none is known here. */
export function missingLevel(amr: readonly string[], asked: readonly string[]): Level | undefined {
  const known = levels.filter((level) => asked.includes(level));
  if (known.some((level) => isReached(level, levelOf(amr)))) return undefined;
  return levels.find((level) => level === asked.find((one) => rank(one) >= 0));
}

import { importVerificationKeys, type JSONWebKeySet, type VerificationKey } from './verification-key.ts';

/** Where an issuer's keys come from. */
export interface KeySource {
  /**
   * The keys that may have signed a token: those with its kid, or all when it names none.
   * Answered without a promise when the keys are at hand. undefined: the issuer was never reached.
   */
  keysFor(kid: string | undefined): KeysAnswer | Promise<KeysAnswer>;
  /**
   * After no key fitted the signature: the keys as freshly fetched, or undefined when this source
   * has nothing newer to offer (or fetched too recently to ask again).
   */
  refetchedKeysFor(kid: string | undefined): Promise<KeysAnswer> | undefined;
  /** Changes whenever the set of keys does, so that what was verified by a removed key is forgotten. */
  generation(): number;
}

export type KeysAnswer = readonly VerificationKey[] | undefined;

/** Those of the keys that a token with this kid may have been signed by. */
export function selectKeys(
  keys: readonly VerificationKey[],
  kid: string | undefined,
): readonly VerificationKey[] {
  return kid === undefined ? keys : keys.filter((key) => key.kid === kid);
}

/**
 * The keys of an issuer in this process. `jwks` is asked on every use and must return another object
 * when the keys have changed, and the same one while they have not.
 */
export function createStaticKeySource(jwks: () => JSONWebKeySet): KeySource {
  let current: JSONWebKeySet | undefined;
  let keys: readonly VerificationKey[] = [];
  let generation = 0;
  const refresh = (): void => {
    const latest = jwks();
    if (latest === current) return;
    current = latest;
    keys = importVerificationKeys(latest);
    generation += 1;
  };
  return {
    keysFor: (kid) => {
      refresh();
      return selectKeys(keys, kid);
    },
    refetchedKeysFor: () => undefined,
    generation: () => {
      refresh();
      return generation;
    },
  };
}

import { hash } from 'node:crypto';
import { parseCompactJWS } from '../../jwt/index.ts';
import type { TokenOutcome } from './token-outcome.ts';
import { createVerifiedTokens } from './verified-tokens.ts';
import { issuerOf, type TokenIssuer, verifyToken } from './verify-token.ts';

const notMine: TokenOutcome = { outcome: 'notMine' };

/** Tells who a bearer token is from. */
export interface TokenAuthenticator {
  /**
   * A promise only when an issuer's keys have to be fetched; a token seen before is answered at once.
   * Never rejects and never throws for anything that a token may contain.
   * @param connection that the token came over, if known: its requests mostly bring the same one
   */
  authenticate(token: string, connection?: object): TokenOutcome | Promise<TokenOutcome>;
}

/** Is told what becomes of tokens. */
export interface TokenObserver {
  /** A token was among the verified ones. */
  remembered(): void;
  /** It was not, and is verified now; the callback is for the result. */
  verifying(): (result: TokenOutcome['outcome']) => void;
}

export interface TokenAuthenticatorDeps {
  readonly issuers: readonly TokenIssuer[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Longer tokens are refused unread; default 16 KiB. */
  readonly maxTokenBytes?: number;
  /** How many verified tokens are remembered at least, and at most twice as many; default 10 000. */
  readonly rememberedTokens?: number;
  readonly observer?: TokenObserver | undefined;
}

/**
 * Authenticates tokens of the configured issuers. A verified token is remembered (by SHA-256, so that memory holds no
 * credentials of who has left) until it expires or its issuer's keys change; a refusal never is.
 */
export function createTokenAuthenticator(deps: TokenAuthenticatorDeps): TokenAuthenticator {
  const { now, maxTokenBytes = 16 * 1024, rememberedTokens = 10_000, observer } = deps;
  const issuers = new Map(deps.issuers.map((issuer) => [issuer.authenticator.issuer.url, issuer]));
  const verified = createVerifiedTokens(rememberedTokens);
  const tooLarge: TokenOutcome = {
    outcome: 'refused',
    reason: `token is longer than ${maxTokenBytes} bytes`,
  };

  const remember = (key: string, outcome: TokenOutcome, isCurrent: () => boolean): TokenOutcome => {
    if (outcome.outcome === 'authenticated') verified.set(key, { outcome, isCurrent });
    return outcome;
  };

  const verify = (key: string, token: string): TokenOutcome | Promise<TokenOutcome> => {
    const jws = parseCompactJWS(token);
    const issuer = jws === undefined ? undefined : issuerOf(jws, issuers);
    if (jws === undefined || issuer === undefined) return notMine;
    // Read before verifying: keys that change meanwhile make the memory void, never the reverse.
    const generation = issuer.keys.generation();
    const isCurrent = (): boolean => issuer.keys.generation() === generation;
    const outcome = verifyToken(jws, issuer, now());
    if (outcome instanceof Promise) return outcome.then((answer) => remember(key, answer, isCurrent));
    return remember(key, outcome, isCurrent);
  };

  /** The last token of each open connection with its key, so that it need not be hashed for every request. */
  const lastOf = new WeakMap<object, { readonly token: string; readonly key: string }>();
  const keyOf = (token: string, connection: object | undefined): string => {
    const last = connection && lastOf.get(connection);
    if (last?.token === token) return last.key;
    const key = hash('sha256', token, 'base64');
    if (connection !== undefined) lastOf.set(connection, { token, key });
    return key;
  };

  return {
    authenticate: (token, connection) => {
      if (token.length > maxTokenBytes) return tooLarge;
      const key = keyOf(token, connection);
      const known = verified.get(key);
      if (known !== undefined) {
        const { expiresAt, hasEnded } = known.outcome;
        if (now() < expiresAt && known.isCurrent() && hasEnded?.() !== true) {
          observer?.remembered();
          return known.outcome;
        }
        verified.delete(key);
      }
      const told = observer?.verifying();
      const outcome = verify(key, token);
      if (outcome instanceof Promise) void outcome.then((answer) => told?.(answer.outcome));
      else told?.(outcome.outcome);
      return outcome;
    },
  };
}

import { clockSkew, skewText } from '../clock-skew.ts';
import type { Credentials } from '../credential-cache.ts';
import type { SendRequest } from '../http-request.ts';
import type { IdTokenClaims } from '../id-token.ts';
import { fetchKeys, type IssuerMetadata } from '../issuer.ts';
import type { Target } from '../target.ts';
import type { Tokens } from '../token-endpoint.ts';
import { verifyIdToken } from '../verify-id-token.ts';

export interface AcceptanceDeps {
  readonly send: SendRequest;
  readonly now: () => number;
  readonly stderr: (text: string) => void;
}

/** What the answer is held to: the nonce of the request, the subject of the token that it replaces. */
export interface Acceptance {
  readonly target: Target;
  readonly metadata: IssuerMetadata;
  readonly nonce?: string;
  readonly subject?: string;
}

export interface Login {
  readonly credentials: Credentials;
  readonly claims: IdTokenClaims;
}

/**
 * Checks the tokens of an answer and makes credentials of them. Where this machine's clock is wrong, the issuer's counts:
 * `expiresAt` says when the token ends by the clock that kubectl reads. Throws PluginError naming the check that failed.
 */
export async function acceptTokens(
  { idToken, refreshToken, date }: Tokens,
  { target, metadata, nonce, subject }: Acceptance,
  { send, now, stderr }: AcceptanceDeps,
): Promise<Login> {
  const skew = clockSkew(now(), date);
  if (skew !== 0) stderr(`Warning: ${skewText(skew, target.issuer)}.\n`);
  const claims = verifyIdToken(idToken, {
    issuer: target.issuer,
    clientId: target.clientId,
    keys: await fetchKeys(metadata, send),
    now: now() - skew,
    ...(nonce === undefined ? {} : { nonce }),
    ...(subject === undefined ? {} : { subject }),
  });
  return {
    claims,
    credentials: {
      issuer: target.issuer,
      clientId: target.clientId,
      idToken,
      expiresAt: claims.exp + Math.round(skew / 1000),
      ...(refreshToken === undefined ? {} : { refreshToken }),
    },
  };
}

import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type Provider from 'oidc-provider';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { Accounts } from '../accounts/accounts.ts';
import type { Subjects } from '../claims/subjects.ts';
import { publishedKeys } from './internals.ts';

export interface IntrospectionDeps {
  readonly accounts: Accounts;
  readonly subjects: Subjects;
  isEnded(sessionId: string): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What the provider says of every token that is a JWT, whoever asks. */
export function isUnsupportedToken(answer: unknown): boolean {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'error' in answer &&
    answer.error === 'unsupported_token_type'
  );
}

/**
 * Completes the provider's answers: of an opaque token it knows the account's id only, and of a JWT nothing. Whether one of ours
 * counts (RFC 7662 §2.2) is told to whom it is for or was issued to, and
 * to clients that may introspect tokens of others. What the token says is in the answer, as its bearer can read it anyway.
 */
export function createIntrospection(
  provider: Provider,
  deps: IntrospectionDeps,
): (ctx: KoaContextWithOIDC) => Promise<void> {
  /** What a good token of ours says, whose client, session and account are there. */
  async function read(token: string): Promise<JWTPayload | undefined> {
    const claims = await verify(provider, token, deps.now());
    if (claims === undefined) return undefined;
    const { sub = '', sid } = claims;
    if ((await provider.Client.find(partyOf(claims) ?? '')) === undefined) return undefined;
    // A client's token for itself is of no session.
    if (sid === undefined) return claims;
    if (typeof sid !== 'string' || (await deps.isEnded(sid))) return undefined;
    const account = (await deps.accounts.byId(deps.subjects.accountOf(sub) ?? sub)) ?? undefined;
    return account && claims;
  }

  return async (ctx) => {
    const { client, params } = ctx.oidc;
    const answer: unknown = ctx.body;
    if (typeof answer === 'object' && answer !== null && 'sub' in answer)
      ctx.body = { ...answer, sub: deps.subjects.subjectOf(String(answer.sub)) };
    if (client === undefined || !isUnsupportedToken(answer)) return;
    const claims = await read(String(params?.['token'] ?? ''));
    const told = claims !== undefined && mayKnow(client, claims);
    ctx.status = 200;
    ctx.body = told
      ? { ...claims, active: true, client_id: partyOf(claims), token_type: 'Bearer' }
      : { active: false };
  };
}

/** Of an ID token or an access token; undefined for everything else, also for a logout token. */
async function verify(provider: Provider, token: string, now: number): Promise<JWTPayload | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      createLocalJWKSet({ keys: [...publishedKeys(provider)] }),
      { issuer: provider.issuer, currentDate: new Date(now), requiredClaims: ['exp', 'sub', 'aud'] },
    );
    return protectedHeader.typ === undefined || protectedHeader.typ === 'at+jwt' ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** The client that a token was issued to. */
function partyOf({ azp, client_id, aud }: JWTPayload): string | undefined {
  return [azp, client_id, aud].find((party): party is string => typeof party === 'string');
}

function mayKnow(client: Client, claims: JWTPayload): boolean {
  if (client.clientAuthMethod === 'none') return false;
  const parties = [claims.aud, claims['azp'], claims['client_id']].flat();
  return client['introspects'] === true || parties.includes(client.clientId);
}

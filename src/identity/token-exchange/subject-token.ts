import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { firstPartyScopes, scopeClaims } from '../claims/scope-claims.ts';
import { sessionIdOf } from '../provider/ended-grants.ts';
import { accessTokenType, idTokenType } from './token-types.ts';

/** What a subject token says and allows: the token made from it says and allows no more. */
export interface Subject {
  readonly accountId: string;
  /** The session that both tokens end with. */
  readonly sid: string;
  readonly scopes: ReadonlySet<string>;
  /** The groups that it was narrowed to; undefined: those of the account. */
  readonly groups: readonly string[] | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Who acts for the person already (RFC 8693 §4.1). */
  readonly act: unknown;
  /** How and when the person signed in, where the token says so. */
  readonly signIn: Readonly<Record<'auth_time' | 'amr' | 'acr', unknown>>;
}

export interface SubjectTokenDeps {
  isEnded(sessionId: string): Promise<boolean>;
  /** Whose a `sub` is; undefined for nobody's. */
  accountOf(subject: string): string | undefined;
  /** Seconds since the epoch. */
  now(): number;
}

type Claims = Readonly<Record<string, unknown>>;

/** One error for whatever is wrong with it (RFC 8693 §2.2.2): what exactly is only in the log. */
function invalid(detail: string): Error {
  return new errors.InvalidRequest('the subject_token is invalid', undefined, { detail });
}

/**
 * Checks a subject token: made here, for the client that presents it, alive, its session not ended.
 * @throws errors.InvalidRequest (RFC 8693 §2.2.2)
 */
export async function readSubjectToken(
  ctx: KoaContextWithOIDC,
  client: Client,
  { token, type }: { readonly token: string; readonly type: string },
  deps: SubjectTokenDeps,
): Promise<Subject> {
  const structured = token.includes('.');
  if (type === accessTokenType && !structured) return readAccessToken(ctx, client, token, deps);
  if (type === accessTokenType) return readJwt(ctx, client, token, 'at+jwt', deps);
  if (type === idTokenType) return readJwt(ctx, client, token, undefined, deps);
  throw new errors.InvalidRequest(`subject_token_type must be ${idTokenType} or ${accessTokenType}`);
}

async function readAccessToken(
  { oidc: { provider } }: KoaContextWithOIDC,
  client: Client,
  value: string,
  deps: SubjectTokenDeps,
): Promise<Subject> {
  const token = await provider.AccessToken.find(value);
  if (token?.isValid !== true || token.clientId !== client.clientId)
    throw invalid('no access token of the client');
  const grant = await provider.Grant.find(token.grantId);
  if (grant?.clientId !== client.clientId || grant.accountId !== token.accountId)
    throw invalid('its grant has ended');
  const sid = sessionIdOf(token.grantId);
  if (await deps.isEnded(sid)) throw invalid('its session has ended');
  const granted =
    client['first_party'] === true
      ? [...firstPartyScopes]
      : grant.getOIDCScopeFiltered(new Set(token.scope?.split(' '))).split(' ');
  return {
    accountId: token.accountId,
    sid,
    scopes: new Set(['openid', ...granted.filter((scope) => Object.hasOwn(scopeClaims, scope))]),
    groups: undefined,
    expiresAt: token.exp ?? 0,
    act: undefined,
    signIn: { auth_time: undefined, amr: undefined, acr: undefined },
  };
}

async function verify(
  { oidc: { provider } }: KoaContextWithOIDC,
  client: Client,
  token: string,
): Promise<{ readonly header: Claims; readonly payload: Claims }> {
  try {
    return await provider.IdToken.validate(token, client);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'not verified');
  }
}

/** @param typ of its header: an ID token here has none, a logout token one of its own */
async function readJwt(
  ctx: KoaContextWithOIDC,
  client: Client,
  token: string,
  typ: 'at+jwt' | undefined,
  deps: SubjectTokenDeps,
): Promise<Subject> {
  const { header, payload } = await verify(ctx, client, token);
  const { sub, exp, sid, groups } = payload;
  if (header['typ'] !== typ) throw invalid('of another type');
  if (typeof exp !== 'number' || exp <= deps.now()) throw invalid('expired');
  if (typeof sub !== 'string' || typeof sid !== 'string') throw invalid('of no person');
  if (await deps.isEnded(sid)) throw invalid('its session has ended');
  // An access token names the account itself.
  const accountId = typ === undefined ? deps.accountOf(sub) : sub;
  if (accountId === undefined) throw invalid('of nobody');
  const told = Object.entries(scopeClaims).filter(([, claims]) =>
    claims.some((claim) => Object.hasOwn(payload, claim)),
  );
  return {
    accountId,
    sid,
    scopes: new Set(['openid', ...told.map(([scope]) => scope)]),
    groups: Array.isArray(groups) ? groups.map(String) : undefined,
    expiresAt: exp,
    act: payload['act'],
    signIn: { auth_time: payload['auth_time'], amr: payload['amr'], acr: payload['acr'] },
  };
}

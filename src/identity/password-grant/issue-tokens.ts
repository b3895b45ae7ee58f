import type { Account, Client, Grant, KoaContextWithOIDC } from 'oidc-provider';
import { getsRefreshToken } from '../provider/gets-refresh-token.ts';
import { passwordGrant } from './grant-type.ts';
import type { PasswordRequest } from './password-request.ts';

export interface SignedInForTokens {
  readonly client: Client;
  readonly account: Account;
  /** Saved. */
  readonly grant: Grant;
  readonly request: PasswordRequest;
  /** When the password was proved, in seconds since the epoch. */
  readonly at: number;
}

/** What a code would be redeemed for, in the order in which the provider does it. */
export async function issueTokens(
  ctx: KoaContextWithOIDC,
  { client, account, grant, request, at }: SignedInForTokens,
): Promise<Record<string, unknown>> {
  const { provider } = ctx.oidc;
  const { scopes, nonce } = request;
  const scope = grant.getOIDCScopeFiltered(new Set(scopes));
  const common = { accountId: account.accountId, client, grantId: grant.jti, gty: passwordGrant, scope };
  const accessToken = new provider.AccessToken(common);
  ctx.oidc.entity('AccessToken', accessToken);
  const refreshToken = getsRefreshToken(client, scopes, { inBrowser: false })
    ? new provider.RefreshToken({ ...common, amr: ['pwd'], authTime: at, nonce, rotations: 0 })
    : undefined;
  if (refreshToken !== undefined) ctx.oidc.entity('RefreshToken', refreshToken);
  const claims = await account.claims('id_token', scope, {}, []);
  const idToken = new provider.IdToken({ ...claims, amr: ['pwd'], auth_time: at }, { ctx });
  Object.assign(idToken, { scope });
  idToken.set('nonce', nonce);
  return {
    access_token: await accessToken.save(),
    expires_in: accessToken.expiration,
    id_token: await idToken.issue({ use: 'idtoken' }),
    refresh_token: await refreshToken?.save(),
    scope,
    token_type: accessToken.tokenType,
  };
}

import type Provider from 'oidc-provider';
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Accounts } from '../accounts/accounts.ts';
import { clientUsernamePrefix } from '../accounts/login.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';

/** The grant type's name (RFC 6749 §4.4). */
export const clientCredentialsGrant = 'client_credentials';

export interface ClientCredentialsDeps {
  readonly accounts: Accounts;
  readonly lifetimes: Pick<Lifetimes, 'accessToken'>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What a client may ask to have said of itself. It has no e-mail address, and needs no refresh token. */
const scopes = new Set(['openid', 'profile', 'groups']);

/**
 * Tokens of a client for itself. The token is a JWT like a person's ID token, so that Kubernetes takes it: `sub` is the
 * client's id (RFC 9068 §2.2), `preferred_username` the id after `client:`, `groups` what its configuration says.
 * An account that has such an id or such a login takes precedence: the client then gets nothing.
 */
export function serveClientCredentials(provider: Provider, deps: ClientCredentialsDeps): void {
  async function issue(ctx: KoaContextWithOIDC, client: Client): Promise<void> {
    const asked = String(ctx.oidc.params?.['scope'] ?? '')
      .split(' ')
      .filter(Boolean);
    const unknown = asked.find((scope) => !scopes.has(scope));
    if (unknown !== undefined)
      throw new errors.InvalidScope('a client has no such scope for itself', unknown);
    const username = clientUsernamePrefix + client.clientId;
    const taken = (await deps.accounts.byId(client.clientId)) ?? (await deps.accounts.byLogin(username));
    if (taken !== undefined) throw new errors.UnauthorizedClient('an account has the name of this client');
    const lifetime = deps.lifetimes.accessToken;
    const expiresAt = Math.floor(deps.now() / 1000) + lifetime;
    const token = await sign(ctx, client, claimsOf(client, username, new Set(asked)), expiresAt);
    ctx.body = {
      access_token: token,
      ...(asked.includes('openid') ? { id_token: token } : {}),
      token_type: 'Bearer',
      expires_in: lifetime,
      ...(asked.length === 0 ? {} : { scope: asked.join(' ') }),
    };
  }

  provider.registerGrantType(clientCredentialsGrant, (ctx) => issue(ctx, ctx.oidc.client), 'scope');
}

function claimsOf(client: Client, username: string, asked: ReadonlySet<string>): Record<string, unknown> {
  const groups = client['own_groups'];
  return {
    preferred_username: username,
    ...(asked.has('profile') ? { name: client.clientName } : {}),
    ...(asked.has('groups') ? { groups: Array.isArray(groups) ? groups : [] } : {}),
  };
}

async function sign(
  ctx: KoaContextWithOIDC,
  client: Client,
  claims: Readonly<Record<string, unknown>>,
  expiresAt: number,
): Promise<string> {
  const token = new ctx.oidc.provider.IdToken({ sub: client.clientId }, { ctx, client });
  Object.assign(token, { scope: 'openid' });
  for (const [name, value] of Object.entries(claims)) token.set(name, value);
  return token.issue({ use: 'idtoken', expiresAt });
}

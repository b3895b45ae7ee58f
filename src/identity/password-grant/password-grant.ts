import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import { type Client, errors, type Grant, type KoaContextWithOIDC } from 'oidc-provider';
import type { Actor } from '../audit/index.ts';
import { requestId } from '../interaction/request-id.ts';
import { checkAudienceScopes } from '../provider/audience-scopes.ts';
import { sessionIdOf } from '../provider/ended-grants.ts';
import { createFindAccount, type FindAccountDeps } from '../provider/find-account.ts';
import { getsRefreshToken } from '../provider/gets-refresh-token.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';
import type { SessionEnd } from '../sessions/session-end.ts';
import type { SessionUse } from '../sessions/session-use.ts';
import { passwordGrant } from './grant-type.ts';
import { issueTokens } from './issue-tokens.ts';
import { type PasswordRequest, passwordParameters, readPasswordRequest } from './password-request.ts';
import { type ProvenPerson, type ProvePasswordDeps, provePassword } from './prove-password.ts';

export interface PasswordGrantDeps extends ProvePasswordDeps, FindAccountDeps {
  readonly lifetimes: Pick<Lifetimes, 'idToken' | 'accessToken' | 'refreshToken'>;
  readonly use: Pick<SessionUse, 'grantUsed'>;
  readonly ending: Pick<SessionEnd, 'endGrant'>;
  clientAddress(req: IncomingMessage): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Tokens for a person's name and password, which the application has asked for itself. Off unless configured: an
 * application sees what it must not know, and no second factor can be asked for (RFC 9700 §2.4). What comes of
 * it is a session like any other, listed and ended with the account's.
 */
export function servePasswordGrant(provider: Provider, deps: PasswordGrantDeps): void {
  const { policies, lifetimes, now } = deps;
  const findAccount = createFindAccount(deps);

  /** Nobody yet. */
  const actor = (ctx: KoaContextWithOIDC, client: Client): Actor => ({
    name: undefined,
    client: client.clientId,
    address: deps.clientAddress(ctx.req),
    requestId: requestId(ctx.req),
  });

  async function newGrant(client: Client, accountId: string, { scopes }: PasswordRequest): Promise<Grant> {
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addOIDCScope([...scopes].join(' '));
    await grant.save();
    return grant;
  }

  /** Before anything is issued: whatever ends the account meanwhile finds it, or is found. @throws errors.InvalidGrant */
  async function list(
    ctx: KoaContextWithOIDC,
    client: Client,
    grant: Grant,
    { scopes }: PasswordRequest,
    { account, standing }: ProvenPerson,
  ): Promise<void> {
    const id = sessionIdOf(grant.jti);
    const refreshed = getsRefreshToken(client, scopes, { inBrowser: false });
    const lifetime = Math.max(
      lifetimes.idToken,
      refreshed ? lifetimes.refreshToken({}) : lifetimes.accessToken,
    );
    await deps.use.grantUsed({
      id,
      accountId: account.id,
      clientId: client.clientId,
      browser: undefined,
      bound: false,
      scopes: [...scopes],
      expiresAt: now() + lifetime * 1000,
      address: deps.clientAddress(ctx.req),
      userAgent: ctx.req.headers['user-agent'],
    });
    if ((await deps.accountEnds.last(account.id)) <= standing) return;
    await deps.ending.endGrant(id, { cause: 'account' });
    throw new errors.InvalidGrant('the account was ended meanwhile');
  }

  async function answer(ctx: KoaContextWithOIDC, client: Client): Promise<void> {
    const request = readPasswordRequest(ctx);
    checkAudienceScopes(ctx, policies);
    const person = await provePassword(ctx, request, actor(ctx, client), deps);
    const { id } = person.account;
    const account = await findAccount(ctx, id);
    if (account === undefined) throw new errors.InvalidGrant('the account may not sign in to this client');
    ctx.oidc.entity('Account', account);
    const grant = await newGrant(client, id, request);
    ctx.oidc.entity('Grant', grant);
    await list(ctx, client, grant, request, person);
    ctx.body = await issueTokens(ctx, { client, account, grant, request, at: Math.floor(now() / 1000) });
  }

  provider.registerGrantType(passwordGrant, (ctx) => answer(ctx, ctx.oidc.client), passwordParameters);
}

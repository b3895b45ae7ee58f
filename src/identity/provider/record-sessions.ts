import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { SessionEnd } from '../sessions/session-end.ts';
import type { Origin, SessionUse } from '../sessions/session-use.ts';
import { sessionIdOf } from './ended-grants.ts';
import { isDestroyed } from './internals.ts';
import { hashOf } from './stored-model.ts';

export interface RecordSessionsDeps {
  readonly use: SessionUse;
  readonly ending: SessionEnd;
  /** @param id of a browser session that a token was refreshed in */
  refreshBrowser(id: string): Promise<void>;
  clientAddress(req: IncomingMessage): string;
  now(): number;
}

/** A code that nobody redeems must not look like a session for long. */
const pendingLifetime = 5 * 60_000;

/** Keeps the list of sessions up with what the provider does, before its answers leave. */
export function recordSessions(provider: Provider, deps: RecordSessionsDeps): void {
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    if (ctx.oidc === undefined) return;
    await followBrowser(ctx, deps);
    if (ctx.oidc.entities.AuthorizationCode !== undefined && ctx.oidc.route !== 'token') {
      await followGrant(ctx, deps, deps.now() + pendingLifetime);
    }
    if (ctx.oidc.route === 'token' && ctx.status === 200) await followGrant(ctx, deps);
  });
}

function originOf(ctx: KoaContextWithOIDC, { clientAddress }: RecordSessionsDeps): Origin {
  return { address: clientAddress(ctx.req), userAgent: ctx.req.headers['user-agent'] };
}

async function followBrowser(ctx: KoaContextWithOIDC, deps: RecordSessionsDeps): Promise<void> {
  const { session } = ctx.oidc;
  if (session?.accountId === undefined) return;
  const { uid, accountId, exp } = session;
  const id = hashOf(uid);
  if (isDestroyed(session)) await deps.ending.endBrowser(id, accountId);
  else if (exp !== undefined)
    await deps.use.browserUsed({ id, accountId, expiresAt: exp * 1000, ...originOf(ctx, deps) });
}

async function followGrant(
  ctx: KoaContextWithOIDC,
  deps: RecordSessionsDeps,
  expiresAt?: number,
): Promise<void> {
  const { Grant: grant, Client: client, RefreshToken, AuthorizationCode, DeviceCode } = ctx.oidc.entities;
  const issued = RefreshToken ?? AuthorizationCode ?? DeviceCode;
  if (grant?.accountId === undefined || client === undefined || issued === undefined) return;
  const bound = issued.expiresWithSession === true;
  // A browser that let a device in is not where the device's session is.
  const ofDevice = DeviceCode !== undefined || RefreshToken?.gty?.includes('device_code') === true;
  const browser = issued.sessionUid === undefined || ofDevice ? undefined : hashOf(issued.sessionUid);
  if (bound && browser !== undefined && ctx.oidc.route === 'token') await deps.refreshBrowser(browser);
  // What is bound can be refreshed as long as its browser session goes on.
  const lifetime = (bound ? grant : (RefreshToken ?? grant)).remainingTTL * 1000;
  await deps.use.grantUsed({
    id: sessionIdOf(grant.jti),
    accountId: grant.accountId,
    clientId: client.clientId,
    browser,
    bound,
    scopes: [...issued.scopes],
    expiresAt: expiresAt ?? deps.now() + lifetime,
    ...originOf(ctx, deps),
  });
}

import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { requestId } from '../interaction/request-id.ts';
import type { AccountEnds } from '../sessions/account-ends.ts';
import type { SessionEnd } from '../sessions/session-end.ts';
import type { GrantUse, Origin, SessionUse } from '../sessions/session-use.ts';
import { sessionIdOf } from './ended-grants.ts';
import { isDestroyed } from './internals.ts';
import type { Lifetimes } from './lifetimes.ts';
import { hashOf } from './stored-model.ts';

export interface RecordSessionsDeps {
  readonly use: SessionUse;
  readonly ending: SessionEnd;
  readonly accountEnds: Pick<AccountEnds, 'last'>;
  readonly lifetimes: Pick<Lifetimes, 'idToken'>;
  /** @param id of a browser session that a token was refreshed in */
  refreshBrowser(id: string): Promise<void>;
  /** Whether a client that has registered itself is there. */
  isRegistered(clientId: string): Promise<boolean>;
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
    if (ctx.oidc.route === 'token' && ctx.status === 200) await followGrant(ctx, deps);
    else if (ctx.oidc.entities.AuthorizationCode !== undefined) await followCode(ctx, deps);
    if (ctx.oidc.route === 'resume') await endOvertaken(ctx, deps);
  });
}

/**
 * A sign-in that all of its account was ended during ends, too, and the person is asked anew. Looked at when the session
 * is in the list: before that, whoever ends the account cannot find it.
 */
async function endOvertaken(
  ctx: KoaContextWithOIDC,
  { accountEnds, ending }: RecordSessionsDeps,
): Promise<void> {
  const { result, session, params, entities } = ctx.oidc;
  const login = result?.login;
  if (login === undefined || session?.accountId !== login.accountId) return;
  if ((await accountEnds.last(login.accountId)) <= Number(login['standing'] ?? 0)) return;
  const why = { cause: 'account' } as const;
  if (entities.Grant !== undefined) await ending.endGrant(sessionIdOf(entities.Grant.jti), why);
  await ending.endBrowser(hashOf(session.uid), login.accountId, why);
  const given = Object.entries(params ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  ctx.redirect(`${ctx.oidc.urlFor('authorization')}?${new URLSearchParams(Object.fromEntries(given))}`);
}

function originOf(ctx: KoaContextWithOIDC, { clientAddress }: RecordSessionsDeps): Origin {
  return { address: clientAddress(ctx.req), userAgent: ctx.req.headers['user-agent'] };
}

async function followBrowser(ctx: KoaContextWithOIDC, deps: RecordSessionsDeps): Promise<void> {
  const { session } = ctx.oidc;
  if (session?.accountId === undefined) return;
  const { uid, accountId, exp } = session;
  const id = hashOf(uid);
  if (isDestroyed(session))
    await deps.ending.endBrowser(id, accountId, {
      cause: 'signOut',
      by: { name: accountId, address: deps.clientAddress(ctx.req), requestId: requestId(ctx.req) },
    });
  else if (exp !== undefined)
    await deps.use.browserUsed({ id, accountId, expiresAt: exp * 1000, ...originOf(ctx, deps) });
}

/** Lists the grant that a code was issued under; not when its browser session has ended since the request began. */
async function followCode(ctx: KoaContextWithOIDC, deps: RecordSessionsDeps): Promise<void> {
  const use = grantUse(ctx, deps);
  const { session } = ctx.oidc;
  if (use === undefined || session === undefined) return;
  const given = { ...use, expiresAt: deps.now() + pendingLifetime };
  if (!(await deps.use.grantGiven(given, hashOf(session.uid))))
    await deps.ending.endGrant(use.id, { cause: 'unused' });
  await endOfRemoved(ctx, use, deps);
}

async function followGrant(ctx: KoaContextWithOIDC, deps: RecordSessionsDeps): Promise<void> {
  const use = grantUse(ctx, deps);
  if (use === undefined) return;
  if (use.bound && use.browser !== undefined) await deps.refreshBrowser(use.browser);
  await deps.use.grantUsed(use);
  await endOfRemoved(ctx, use, deps);
}

/** Who removes a client ends what is in the list: whatever comes into it later looks whether there still is a client. */
async function endOfRemoved(
  { oidc: { client } }: KoaContextWithOIDC,
  { id, clientId }: GrantUse,
  { isRegistered, ending }: RecordSessionsDeps,
): Promise<void> {
  if (client?.['registered'] === true && !(await isRegistered(clientId)))
    await ending.endGrant(id, { cause: 'client' });
}

/** What the list is told of the grant that something was issued under. */
function grantUse(ctx: KoaContextWithOIDC, deps: RecordSessionsDeps): GrantUse | undefined {
  const { Grant: grant, Client: client, RefreshToken, AuthorizationCode, DeviceCode } = ctx.oidc.entities;
  const issued = RefreshToken ?? AuthorizationCode ?? DeviceCode;
  if (grant?.accountId === undefined || client === undefined || issued === undefined) return undefined;
  const bound = issued.expiresWithSession === true;
  // A browser that let a device in is not where the device's session is.
  const ofDevice = DeviceCode !== undefined || RefreshToken?.gty?.includes('device_code') === true;
  const browser = issued.sessionUid === undefined || ofDevice ? undefined : hashOf(issued.sessionUid);
  // What is bound can be refreshed as long as its browser session goes on. An ID token may outlive both.
  const lifetime = Math.max(deps.lifetimes.idToken, (bound ? grant : (RefreshToken ?? grant)).remainingTTL);
  return {
    id: sessionIdOf(grant.jti),
    accountId: grant.accountId,
    clientId: client.clientId,
    browser,
    bound,
    scopes: [...issued.scopes],
    expiresAt: deps.now() + lifetime * 1000,
    ...originOf(ctx, deps),
  };
}

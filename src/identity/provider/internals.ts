/**
 * Every place that leans on more of oidc-provider than its documentation promises. Checked against 9.13.3; a new
 * version needs a look at this file and a run of test/identity.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import Provider, { errors } from 'oidc-provider';
import { get as internalsOf } from 'oidc-provider/lib/helpers/weak_cache.js';
import { audienceOf, audienceScope } from '../claims/audiences.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { isLoopbackRedirectUri } from '../clients/redirect-uri.ts';
import { deviceCodeGrant } from '../device/device-code-grant.ts';
import { type PollLimit, pollInterval } from '../device/poll-limit.ts';
import { signingAlgorithms } from '../keys/make-key.ts';
import type { EndedSession } from '../sessions/session-end.ts';
import { createCookieSigner } from './cookie-signer.ts';
import { nameError, refuseToIntrospect } from './named-errors.ts';
import { hashOf } from './stored-model.ts';
import type { UsedOnce } from './used-once.ts';

/**
 * Compares redirect URIs exactly, also for native clients (the provider would ignore the port of any loopback URI),
 * and lets clients marked `loopback_redirects` use any loopback URI.
 */
export function useExactRedirectUris(provider: Provider): void {
  const { prototype } = provider.Client;
  prototype.redirectUriAllowed = function redirectUriAllowed(
    this: Provider['Client']['prototype'],
    uri: string,
  ): boolean {
    if (this['loopback_redirects'] === true) return typeof uri === 'string' && isLoopbackRedirectUri(uri);
    return this.redirectUris?.includes(uri) === true;
  };
  prototype.postLogoutRedirectUriAllowed = function postLogoutRedirectUriAllowed(
    this: Provider['Client']['prototype'],
    uri: string,
  ): boolean {
    return this.postLogoutRedirectUris?.includes(uri) === true;
  };
}

/**
 * Answers in the query only. form_post is dropped for good: its page needs an inline script, which the CSP forbids.
 * Other response types than `code` pass here, to be refused by their own name.
 */
export function answerInQueryOnly(provider: Provider): void {
  provider.Client.prototype.responseModeAllowed = (mode, responseType) =>
    mode === 'query' || responseType !== 'code';
  internalsOf(provider).responseModes.delete('form_post');
}

/** Has the provider ask for what may be used once; by itself it looks first and writes then, which lets two through. */
export function askUsedOnce(provider: Provider, isFirst: UsedOnce): void {
  provider.ReplayDetection.unique = isFirst;
}

export interface ProviderKeys {
  /** The only private key. */
  readonly signing: JWK;
  /** The public halves of all keys, that one's too. */
  readonly published: readonly JWK[];
  readonly cookies: readonly [string, ...string[]];
}

/** Algorithm of the key that signs, and of all the keys that verify. */
interface Algorithms {
  readonly signing: string;
  readonly verifying: readonly string[];
}

const algorithmsOf = new WeakMap<Provider, Algorithms>();

/**
 * Gives a provider other keys while it runs. It takes them once, at its construction; but it looks into its keystore anew
 * for each signature and verification, so replacing what is in there, all in one turn, is a swap between two
 * requests. (A new provider for each rotation would do it too, but everything that holds one would have to be told.)
 * A signature that has begun goes on with the key it has.
 */
export function useKeys(provider: Provider, { signing, published, cookies }: ProviderKeys): void {
  const internals = internalsOf(provider);
  const { alg = '' } = signing;
  if (!algorithmsOf.has(provider)) followSigningAlgorithm(provider);
  algorithmsOf.set(provider, { signing: alg, verifying: published.flatMap((key) => key.alg ?? []) });
  internals.keystore.clear();
  internals.keystore.add({ ...signing });
  for (const key of published) if (key.kid !== signing.kid) internals.keystore.add({ ...key });
  internals.jwks = { keys: published };
  internals.configuration.clientDefaults.id_token_signed_response_alg = alg;
  Object.assign(provider, { keys: createCookieSigner(cookies) });
}

/** All clients get the algorithm of the key that signs now, also when it has changed since they were read. */
function followSigningAlgorithm(provider: Provider): void {
  const { configuration } = internalsOf(provider);
  // Clients are checked against this list; what is announced is in the key set.
  configuration.idTokenSigningAlgValues = [...signingAlgorithms];
  Object.defineProperty(provider.Client.prototype, 'idTokenSignedResponseAlg', {
    get: () => algorithmsOf.get(provider)?.signing,
    set: () => {},
  });
  // A hint may have been signed before the algorithm changed.
  const { validate } = provider.IdToken;
  provider.IdToken.validate = async function validateWithItsKey(jwt, client) {
    const { alg = '' } = decodeProtectedHeader(jwt);
    const known = algorithmsOf.get(provider)?.verifying.includes(alg) === true;
    const signer = known ? Object.create(client, { idTokenSignedResponseAlg: { value: alg } }) : client;
    return validate.call(this, jwt, signer);
  };
}

/**
 * Makes every request look as if it had come to the issuer's own address. The provider builds its URLs from the
 * request's host and protocol; these headers are ours, whatever the client or a proxy had put there.
 */
export function pinOrigin(provider: Provider, issuer: string): (req: IncomingMessage) => void {
  const { protocol, host } = new URL(issuer);
  provider.proxy = true;
  return ({ headers }) => {
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    headers['x-forwarded-host'] = host;
  };
}

/** Lets a rotated refresh token decide what its successor is; the provider would draw one at random. */
export function deriveSuccessors(provider: Provider, successorOf: (token: string) => string): void {
  const { prototype } = provider.RefreshToken;
  const random: () => string = Reflect.get(prototype, 'generateTokenId');
  Reflect.set(prototype, 'generateTokenId', function generateTokenId(this: unknown): string {
    const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken;
    return rotated === undefined ? random.call(this) : successorOf(rotated.jti);
  });
}

/** Lets who signs in anew ask to be kept signed in; the provider would stay with what was chosen first. */
export function rememberAnew(provider: Provider): void {
  const { prototype } = provider.Session;
  const { loginAccount } = prototype;
  prototype.loginAccount = function remember(details): void {
    delete this.transient;
    loginAccount.call(this, details);
  };
}

export interface AnswerHooks {
  readonly grantTypes: readonly string[];
  /** Where a form's answer should go instead of straight to another origin. */
  leave(req: IncomingMessage, url: string): string;
}

/** Corrects answers before they are sent. */
export function correctAnswers(provider: Provider, { grantTypes, leave }: AnswerHooks): void {
  const { origin } = new URL(provider.issuer);
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    const allowedOrigin = ctx.res.getHeader('access-control-allow-origin');
    await next();
    // The provider lets every origin read some endpoints; who may is decided in front of it.
    for (const header of Object.keys(ctx.response.headers)) {
      if (header.startsWith('access-control-')) ctx.remove(header);
    }
    if (typeof allowedOrigin === 'string') ctx.set('Access-Control-Allow-Origin', allowedOrigin);
    const route = ctx.oidc?.route;
    if (route === 'discovery') keepToSupported(ctx, internalsOf(provider).jwks.keys, grantTypes);
    if (route === 'device_authorization' && ctx.status === 200) tellInterval(ctx);
    if (ctx.status === 400) nameError(ctx);
    if (route === 'introspection') refuseToIntrospect(ctx);
    // Nobody is signed in: the provider would answer with a page that a script submits.
    if (route === 'end_session' && ctx.status === 200 && ctx.oidc.session?.accountId === undefined) {
      const { postLogoutRedirectUri, state } = ctx.oidc.session?.state ?? {};
      ctx.body = null;
      ctx.status = 303;
      ctx.redirect(signedOutUrl(ctx, postLogoutRedirectUri, state));
    }
    if (route === 'end_session_confirm' && ctx.status === 303) {
      const target = new URL(ctx.response.get('location'));
      if (target.origin !== origin) ctx.redirect(leave(ctx.req, target.href));
    }
  });
}

function keepToSupported(ctx: KoaContextWithOIDC, keys: readonly JWK[], grantTypes: readonly string[]): void {
  const document: unknown = ctx.body;
  if (typeof document === 'object' && document !== null) {
    const algorithms = [...new Set(keys.map(({ alg }) => alg))];
    const scopes: unknown = 'scopes_supported' in document ? document.scopes_supported : undefined;
    ctx.body = {
      ...document,
      response_modes_supported: ['query'],
      grant_types_supported: grantTypes,
      id_token_signing_alg_values_supported: algorithms,
      // One for each client is nobody's business.
      ...(Array.isArray(scopes)
        ? { scopes_supported: scopes.filter((scope) => audienceOf(String(scope)) === undefined) }
        : {}),
    };
  }
}

/** RFC 8628 §3.2: the provider leaves it out, and clients that want it stop there. */
function tellInterval(ctx: KoaContextWithOIDC): void {
  const answer: unknown = ctx.body;
  if (typeof answer === 'object' && answer !== null) ctx.body = { ...answer, interval: pollInterval };
}

function signedOutUrl(ctx: KoaContextWithOIDC, uri: unknown, state: unknown): string {
  if (typeof uri !== 'string') return ctx.oidc.urlFor('end_session_success');
  const url = new URL(uri);
  if (typeof state === 'string') url.searchParams.set('state', state);
  return url.href;
}

/**
 * Gives a provider other clients while it runs: it looks them up anew for each request, and a request that has begun goes on
 * with the one it has. What their scopes and claims are called is added to what the provider knows; who may have
 * them is decided elsewhere.
 */
export function useClients(
  provider: Provider,
  clients: readonly ClientMetadata[],
  claims: readonly string[],
): void {
  const internals = internalsOf(provider);
  const { configuration } = internals;
  for (const { client_id } of clients) configuration.scopes.add(audienceScope(client_id));
  for (const claim of claims) {
    configuration.claims.openid[claim] = null;
    configuration.claimsSupported.add(claim);
  }
  internals.staticClients = new Map(
    clients.map((client) => [client.client_id, structuredClone(client) as unknown]),
  );
}

/** The form that ends the session: where it goes and the secret it carries. */
export function logoutForm(ctx: KoaContextWithOIDC): {
  action: string;
  xsrf: string;
  accountId: string | undefined;
} {
  const secret = ctx.oidc.session?.state?.['secret'];
  return {
    action: new URL(ctx.oidc.urlFor('end_session_confirm')).pathname,
    xsrf: typeof secret === 'string' ? secret : '',
    accountId: ctx.oidc.session?.accountId,
  };
}

/**
 * A logout token for a client: typ `logout+jwt`, two minutes, with `sub` and the `sid` of the client's ID tokens.
 * Source: OpenID Connect Back-Channel Logout 1.0 §2.4
 * @throws Error when there is no such client
 */
export async function signLogoutToken(
  provider: Provider,
  { clientId, accountId, sid }: EndedSession,
): Promise<string> {
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error(`there is no client ${clientId}`);
  const token = new provider.IdToken({ sub: accountId }, { client, ctx: undefined });
  Reflect.set(token, 'mask', { sub: null });
  token.set('sid', sid);
  token.set('jti', randomUUID());
  token.set('events', { 'http://schemas.openid.net/event/backchannel-logout': {} });
  return token.issue({ use: 'logout' });
}

/** Whether the provider has ended a browser session in this request. */
export function isDestroyed(session: object): boolean {
  return Reflect.get(session, 'destroyed') === true;
}

export interface SignedIn {
  readonly accountId: string;
  /** The browser session's id in the list of sessions. */
  readonly sessionId: string;
  /** Seconds since the epoch. */
  readonly since: number;
}

/** Who is signed in with the request's session cookie. */
export async function signedIn(
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<SignedIn | undefined> {
  const { accountId, loginTs, uid } = await provider.Session.get(provider.createContext(req, res));
  if (accountId === undefined || loginTs === undefined) return undefined;
  return { accountId, sessionId: hashOf(uid), since: loginTs };
}

/** Answers devices that poll too fast with `slow_down` (RFC 8628 §3.5). Another client's device codes are not counted. */
export function slowDownPolls(provider: Provider, limit: PollLimit): void {
  const { grantTypeHandlers } = internalsOf(provider);
  const redeem = grantTypeHandlers.get(deviceCodeGrant);
  if (redeem === undefined) throw new Error('the provider serves no device codes');
  grantTypeHandlers.set(deviceCodeGrant, async (ctx) => {
    const { client, params } = ctx.oidc;
    const value = params?.['device_code'];
    const code = await provider.DeviceCode.find(String(value), { ignoreExpiration: true });
    if (typeof value === 'string' && code !== undefined && code.clientId === client?.clientId) {
      if (await limit.isTooEarly(value, (code.exp ?? 0) * 1000)) throw new errors.SlowDown();
    }
    return redeem(ctx);
  });
}

/** The scopes as the client has written them: in the request, or in the one that it has pushed (RFC 9126). */
function askedScopes(ctx: KoaContextWithOIDC): readonly string[] {
  const { body, entities } = ctx.oidc;
  const pushed = entities.PushedAuthorizationRequest?.request;
  const given =
    pushed !== undefined && ctx.oidc.route === 'authorization'
      ? decodeJwt(pushed)['scope']
      : (body?.['scope'] ?? ctx.query['scope']);
  return typeof given === 'string' ? given.split(' ') : [];
}

/** Puts `offline_access` back, which the provider drops unless `prompt=consent` came with it; clients of Dex send none. */
export function keepOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { params, client } = ctx.oidc;
  if (params === undefined || !askedScopes(ctx).includes('offline_access')) return;
  if (client?.grantTypeAllowed('refresh_token') !== true) return;
  const scopes = new Set(
    String(params['scope'] ?? '')
      .split(' ')
      .filter(Boolean),
  );
  params['scope'] = [...scopes.add('offline_access')].join(' ');
}

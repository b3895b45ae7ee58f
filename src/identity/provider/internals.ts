/**
 * Every place that leans on more of oidc-provider than its documentation promises. Checked against 9.13.3; a new
 * version needs a look at this file and a run of test/identity.
 */
import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, type JWK } from 'jose';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import Provider from 'oidc-provider';
import { get as internalsOf } from 'oidc-provider/lib/helpers/weak_cache.js';
import { audienceScope } from '../claims/audiences.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { signingAlgorithms } from '../keys/make-key.ts';
import type { EndedSession } from '../sessions/session-end.ts';
import { createCookieSigner } from './cookie-signer.ts';
import { datedId } from './dated-id.ts';
import type { UsedOnce } from './used-once.ts';

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

/** The public keys that verify what the provider signs. */
export function publishedKeys(provider: Provider): readonly JWK[] {
  return internalsOf(provider).jwks.keys;
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

/** Has tokens and codes begin with when they were made. */
export function dateTokens(provider: Provider, now: () => number): void {
  const { AccessToken, AuthorizationCode, ClientCredentials, RefreshToken } = provider;
  for (const { prototype } of [AccessToken, AuthorizationCode, ClientCredentials, RefreshToken]) {
    const random: () => string = Reflect.get(prototype, 'generateTokenId');
    Reflect.set(prototype, 'generateTokenId', function generateTokenId(this: unknown): string {
      return datedId(random.call(this), now());
    });
  }
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

/** Where a sign-out ends that nobody needs to confirm. */
export function signedOutUrl(ctx: KoaContextWithOIDC): string {
  const { postLogoutRedirectUri: uri, state } = ctx.oidc.session?.state ?? {};
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
  addNames(
    provider,
    clients.map(({ client_id }) => client_id),
    claims,
  );
  internalsOf(provider).staticClients = new Map(
    clients.map((client) => [client.client_id, structuredClone(client) as unknown]),
  );
}

/** Has the provider know what clients that it looks up elsewhere are called in scopes, and which claims they have. */
export function addNames(provider: Provider, clientIds: readonly string[], claims: readonly string[]): void {
  const { configuration } = internalsOf(provider);
  for (const id of clientIds) configuration.scopes.add(audienceScope(id));
  for (const claim of claims) {
    configuration.claims.openid[claim] = null;
    configuration.claimsSupported.add(claim);
  }
}

/**
 * Serves these of the grant types that are registered, and no others, from now on: the provider looks anew for each request. By
 * a code the product's own pages sign people in, whether or not clients may.
 */
export function useGrantTypes(provider: Provider, grantTypes: readonly string[]): void {
  internalsOf(provider).configuration.grantTypes = new Set(['authorization_code', ...grantTypes]);
}

/** Has the provider look at something as if it served these grant types already. */
export function lookWithGrantTypes(
  provider: Provider,
  grantTypes: readonly string[],
  look: () => void,
): void {
  const before = [...internalsOf(provider).configuration.grantTypes];
  useGrantTypes(provider, grantTypes);
  try {
    look();
  } finally {
    useGrantTypes(provider, before);
  }
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

/** Has something looked at before a grant type's own handler is asked; what it throws is the answer. */
export function beforeGrant(
  provider: Provider,
  grantType: string,
  look: (ctx: KoaContextWithOIDC) => Promise<void>,
): void {
  const { grantTypeHandlers } = internalsOf(provider);
  const handle = grantTypeHandlers.get(grantType);
  if (handle === undefined) throw new Error(`the provider does not serve ${grantType}`);
  grantTypeHandlers.set(grantType, async (ctx) => {
    await look(ctx);
    return handle(ctx);
  });
}

/** Who verifies assertions that are not of the client's own making. */
export interface ForeignAssertions {
  /** The client that a request with an assertion is from; undefined when the provider is to look at it. */
  clientOf(assertion: string, clientId: string | undefined): string | undefined;
  /** @throws errors.InvalidClientAuth */
  verify(clientId: string, assertion: string): Promise<void>;
}

/**
 * Lets other issuers vouch for clients. The provider takes a client to be the `sub` of its assertion, and to have signed it
 * itself; so one of another issuer is handed to it as the client's secret, and comparing that secret is verifying
 * the assertion. What is sent as a secret is never taken for an assertion.
 */
export function acceptForeignAssertions(provider: Provider, { clientOf, verify }: ForeignAssertions): void {
  const assertions = new WeakMap<object, string>();
  Object.defineProperty(provider.OIDCContext.prototype, 'body', {
    set(this: object, body: Readonly<Record<string, unknown>>) {
      const { client_assertion: assertion, client_assertion_type: type, ...rest } = body;
      const named = rest['client_id'];
      const client =
        typeof assertion === 'string' &&
        type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
        rest['client_secret'] === undefined &&
        (named === undefined || typeof named === 'string')
          ? clientOf(assertion, named)
          : undefined;
      if (client !== undefined) assertions.set(this, String(assertion));
      const value =
        client === undefined ? body : { ...rest, client_id: client, client_secret: String(assertion) };
      Object.defineProperty(this, 'body', { value, writable: true, enumerable: true });
    },
  });
  const { prototype } = provider.Client;
  const { compareClientSecret } = prototype;
  prototype.compareClientSecret = async function compareOrVerify(this: Client, secret) {
    const oidc = Provider.ctx?.oidc;
    const assertion = oidc === undefined ? undefined : assertions.get(oidc);
    if (assertion === undefined) return compareClientSecret.call(this, secret);
    await verify(this.clientId, assertion);
    return true;
  };
}

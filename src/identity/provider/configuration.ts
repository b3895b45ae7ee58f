import type { Adapter, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ClientAddressRequest, CookiePolicy } from '../../http/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { audienceScope } from '../claims/audiences.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import { mappedClaims } from '../claims/client-policy.ts';
import { scopeClaims } from '../claims/scope-claims.ts';
import type { Subjects } from '../claims/subjects.ts';
import { assertionAlgorithms, checkAssertion } from '../clients/client-assertion.ts';
import type { ClientConfigs } from '../clients/client-configs.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { describeDevice } from '../device/device-codes.ts';
import { userCodeMask } from '../device/user-code.ts';
import { levels } from '../factors/methods.ts';
import type { Log } from '../identity-deps.ts';
import type { Keys } from '../keys/keys.ts';
import { signingAlgorithms } from '../keys/make-key.ts';
import { checkAudienceScopes } from './audience-scopes.ts';
import { createFindAccount, type FindAccountDeps } from './find-account.ts';
import { getsRefreshToken } from './gets-refresh-token.ts';
import { createIntrospectionPolicy } from './introspection-policy.ts';
import type { Lifetimes } from './lifetimes.ts';
import { keepOfflineAccess } from './offline-access.ts';
import { createGrantLoader, createPolicy } from './policy.ts';
import { requireOpenid } from './require-openid.ts';
import { createKeepRefreshToken } from './same-refresh-token.ts';
import { factorsForParam, type SecondFactorDeps } from './second-factor-prompt.ts';

/** The pages that the provider itself asks for. */
export interface ProviderPages {
  error: NonNullable<Configuration['renderError']>;
  logout(ctx: KoaContextWithOIDC): Promise<void>;
  loggedOut(ctx: KoaContextWithOIDC): void;
}

export interface ConfigurationDeps {
  readonly accounts: Accounts;
  readonly adapter: (model: string) => Adapter;
  /** Path prefix of the issuer. */
  readonly base: string;
  readonly clients: readonly ClientMetadata[];
  readonly configs: Pick<ClientConfigs, 'all'>;
  readonly cookies: CookiePolicy;
  /** PKCE of clients with a secret too. */
  readonly enforcePkce: boolean;
  readonly keys: Keys;
  readonly lifetimes: Lifetimes;
  readonly locales: readonly string[];
  readonly log: Log;
  readonly pages: ProviderPages;
  readonly sessionCookie: string;
  readonly policies: ClientPolicies;
  readonly askAgain: FindAccountDeps['askAgain'];
  /** Whether it can be known at a refresh if somebody may still come in. */
  canAskAgain(accountId: string): Promise<boolean>;
  /** Whether people can sign in there now. */
  hasSource(connector: string): boolean;
  readonly skipApprovalScreen: boolean;
  readonly secondFactor: SecondFactorDeps;
  readonly subjects: Subjects;
  clientAddress(req: ClientAddressRequest): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

const allClaims = Object.values(scopeClaims).flat();

/** As Dex has them. */
const routes: Configuration['routes'] = {
  authorization: '/auth',
  code_verification: '/device',
  device_authorization: '/device/code',
  end_session: '/logout',
  introspection: '/token/introspect',
  jwks: '/keys',
  pushed_authorization_request: '/par',
  revocation: '/token/revoke',
  token: '/token',
  userinfo: '/userinfo',
};

/** What oidc-provider is told: Dex's paths, code and no other response type, everything finite, no page of its own. */
export function createConfiguration(deps: ConfigurationDeps): Configuration {
  const { base, keys, lifetimes, pages, policies } = deps;
  const keepRefreshToken = createKeepRefreshToken(lifetimes, deps.now);
  return {
    adapter: deps.adapter,
    clients: deps.clients.map((client) => ({ ...client })),
    extraClientMetadata: {
      properties: [
        'loopback_redirects',
        'first_party',
        'session_bound',
        'trusted_peers',
        'own_groups',
        'introspects',
        'registered',
        'vouched_for',
      ],
    },
    // For the start; from then on `useKeys` keeps them up to date.
    jwks: { keys: [{ ...keys.signing() }] },
    enabledJWA: {
      idTokenSigningAlgValues: [...signingAlgorithms],
      clientAuthSigningAlgValues: [...assertionAlgorithms],
    },
    findAccount: createFindAccount(deps),
    // account.claims() has already kept to the scopes; the provider's own filter lets through what it returns.
    claims: {
      openid: [
        'sub',
        'sid',
        'auth_time',
        'amr',
        'acr',
        ...allClaims,
        ...deps.configs.all().flatMap(mappedClaims),
      ],
      ...scopeClaims,
    },
    acrValues: [...levels],
    conformIdTokenClaims: false,
    scopes: [
      'openid',
      ...Object.keys(scopeClaims),
      'offline_access',
      ...deps.clients.map((client) => audienceScope(client.client_id)),
    ],
    responseTypes: ['code'],
    // RFC 9700 §2.1.1: a must for public clients. A secret binds the code to its client already.
    pkce: { required: (_ctx, client) => deps.enforcePkce || client.clientAuthMethod === 'none' },
    allowOmittingSingleRegisteredRedirectUri: false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    assertJwtClientAuthClaimsAndHeader: checkAssertion,
    clientBasedCORS: () => false,
    // Dex's way to choose a connector.
    extraParams: {
      [factorsForParam]: null,
      connector_id(ctx) {
        requireOpenid(ctx);
        checkAudienceScopes(ctx, policies);
        keepOfflineAccess(ctx);
      },
    },
    features: createFeatures(deps),
    discovery: {
      ui_locales_supported: [...deps.locales],
      // Clients are told by a queue of ours (logout/): the provider would try once and make the person wait.
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    },
    routes,
    cookies: createCookies(deps),
    interactions: {
      policy: createPolicy(deps),
      url: (_ctx, { uid }) => `${base}/interaction/${uid}`,
    },
    loadExistingGrant: createGrantLoader(deps),
    issueRefreshToken: async (_ctx, client, source) =>
      getsRefreshToken(client, source.scopes, { inBrowser: source.kind !== 'DeviceCode' }) &&
      (await deps.canAskAgain(source.accountId ?? '')),
    rotateRefreshToken: (ctx) => lifetimes.rotateRefreshTokens || keepRefreshToken(ctx),
    expiresWithSession: (_ctx, source) =>
      !source.scopes.has('offline_access') || source.client?.['session_bound'] === true,
    // Only what an exchange has put there.
    extraTokenClaims: (_ctx, token) => token.extra,
    renderError: pages.error,
    ttl: lifetimes.ttl,
  };
}

function createFeatures({
  accounts,
  clientAddress,
  pages,
}: ConfigurationDeps): NonNullable<Configuration['features']> {
  return {
    claimsParameter: { enabled: false },
    deviceFlow: {
      enabled: true,
      mask: userCodeMask,
      deviceInfo: (ctx) => describeDevice(clientAddress(ctx.req), ctx.get('user-agent')),
    },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    introspection: { enabled: true, allowedPolicy: createIntrospectionPolicy(accounts) },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: false },
    resourceIndicators: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => pages.logout(ctx),
      postLogoutSuccessSource: (ctx) => pages.loggedOut(ctx),
    },
    userinfo: { enabled: true },
  };
}

function createCookies({
  cookies,
  keys,
  sessionCookie,
}: ConfigurationDeps): NonNullable<Configuration['cookies']> {
  return {
    keys: [...keys.cookies()],
    names: {
      session: cookies.hostName(sessionCookie),
      interaction: cookies.pathName('sallyport_interaction'),
      resume: cookies.pathName('sallyport_resume'),
    },
    long: { ...cookies.options, signed: true, overwrite: true },
    short: { ...cookies.options, signed: true, overwrite: true },
  };
}

import type { Connector, UpstreamAnswer, UpstreamIdentity, UpstreamRequest, Vouched } from '../connector.ts';
import type { ConnectorConfig } from '../connector-config.ts';
import { ConnectorError } from '../connector-error.ts';
import { type Claims, identityOfClaims } from './identity-of-claims.ts';
import type { OIDCConnectorOptions } from './oidc-options.ts';
import { createProviderClient, type Reached } from './provider-client.ts';
import { toConnectorError } from './to-connector-error.ts';

export interface OIDCConnectorDeps {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds, for one answer of the provider. Default: 10 s. */
  readonly timeout?: number;
}

/** What is kept of somebody, to ask about them again. */
interface Kept {
  readonly refreshToken: string;
  /** Their `sub` there. */
  readonly subject: string;
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  claims(): Claims | undefined;
}

/** An OpenID Connect provider elsewhere, by the authorization code flow with PKCE (OpenID Connect Core §3.1, RFC 9700). */
export function createOIDCConnector(
  { id, name, type, config: options }: ConnectorConfig,
  deps: OIDCConnectorDeps,
): Connector {
  const client = createProviderClient({ options, ...deps });

  async function attempt<T>(work: (reached: Reached) => Promise<T>): Promise<T> {
    const reached = await client.reach();
    try {
      return await work(reached);
    } catch (error) {
      throw toConnectorError(error);
    }
  }

  return {
    id,
    name,
    type,
    origin: `${type} ${options.issuer}`,
    redirectUri: options.redirectURI,
    isAway: client.isAway,
    begin: (request) =>
      attempt(async ({ library, provider }) => {
        const challenge = await library.calculatePKCECodeChallenge(request.verifier);
        return library.buildAuthorizationUrl(provider, parametersOf(options, request, challenge)).href;
      }),
    finish: (answer) =>
      attempt(async (reached) =>
        vouched(reached, await redeem(reached, options, answer), options, undefined),
      ),
    refresh: (data, known) =>
      attempt(async (reached) => {
        const kept = JSON.parse(data) as Kept;
        const tokens = await reached.library.refreshTokenGrant(reached.provider, kept.refreshToken);
        const { identity, data: next } = await vouched(reached, tokens, options, kept);
        if (!isSame(identity, known))
          throw new ConnectorError('refused', 'the answer is about somebody else');
        return { identity, data: next };
      }),
    close: client.close,
  };
}

const isSame = (one: UpstreamIdentity, other: UpstreamIdentity) => one.userId === other.userId;

/** Source: dexidp/dex connector/oidc/oidc.go (LoginURL). */
function parametersOf(
  { redirectURI, scopes = ['profile', 'email'], acrValues, promptType = 'consent' }: OIDCConnectorOptions,
  { state, nonce, offline, prompt, maxAge, loginHint, uiLocales }: UpstreamRequest,
  challenge: string,
): Record<string, string> {
  const prompts = [...new Set([...prompt, ...(offline ? promptType.split(' ') : [])])].filter(Boolean);
  return {
    redirect_uri: redirectURI,
    scope: [...new Set(['openid', ...scopes])].join(' '),
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(prompts.length === 0 ? {} : { prompt: prompts.join(' ') }),
    ...(offline ? { access_type: 'offline' } : {}),
    ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
    ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(uiLocales === undefined ? {} : { ui_locales: uiLocales }),
  };
}

/** The library looks at `state`, `iss` (RFC 9207), the ID token's signature, `iss`, `aud`, `exp`, `nonce` and `auth_time`. */
function redeem(
  { library, provider }: Reached,
  { redirectURI }: OIDCConnectorOptions,
  { parameters, state, nonce, verifier, maxAge }: UpstreamAnswer,
): Promise<Tokens> {
  const url = new URL(redirectURI);
  url.search = parameters.toString();
  return library.authorizationCodeGrant(provider, url, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
    ...(maxAge === undefined ? {} : { maxAge }),
  });
}

/** @param kept of the time before: an answer to a refresh may go without an ID token, and without another refresh token */
async function vouched(
  reached: Reached,
  tokens: Tokens,
  options: OIDCConnectorOptions,
  kept: Kept | undefined,
): Promise<Vouched> {
  const idToken = tokens.claims();
  const subject = idToken?.['sub'] ?? kept?.subject;
  if (typeof subject !== 'string' || subject === '')
    throw new ConnectorError('invalid', 'the ID token has no sub');
  if (kept !== undefined && subject !== kept.subject)
    throw new ConnectorError('refused', 'the answer is about somebody else');
  const more =
    options.getUserInfo || idToken === undefined
      ? await reached.library.fetchUserInfo(reached.provider, tokens.access_token, subject)
      : {};
  const refreshToken = tokens.refresh_token ?? kept?.refreshToken;
  return {
    identity: identityOfClaims({ ...idToken, ...more }, options),
    data: refreshToken === undefined ? undefined : JSON.stringify({ refreshToken, subject } satisfies Kept),
  };
}

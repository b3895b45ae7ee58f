import * as jose from 'jose';
import * as client from 'openid-client';
import { expect } from 'vitest';
import type { BrowserLike } from '../../test/identity/support/browser-like.ts';
import { walk } from '../../test/identity/support/walk.ts';
import { CLOCK_TOLERANCE, type Subject } from './subject.ts';

/** A client as the plans register it: with a secret, and without PKCE. */
export interface PlanClient {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

/** `undefined` leaves a parameter out. */
export type Change = Readonly<Record<string, string | undefined>>;

export interface Asked {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string | undefined;
}

export interface Answered extends Asked {
  /** What the browser was sent to the client with. */
  readonly callback: URL;
  readonly browser: BrowserLike;
}

export interface Completed extends Answered {
  readonly tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;
  readonly idToken: string;
  readonly claims: client.IDToken;
}

export interface RelyingParty {
  readonly config: client.Configuration;
  /** An authorization request as the plans send it. */
  ask(change?: Change): Asked;
  /** Sends it with a browser; the person signs in and consents where asked. */
  answer(browser: BrowserLike, change?: Change): Promise<Answered>;
  redeem(answered: Answered): Promise<Completed>;
  /** The whole way, with every check that the plans make of each successful sign-in. */
  complete(browser: BrowserLike, change?: Change): Promise<Completed>;
  userInfo(completed: Completed): Promise<client.UserInfoResponse>;
}

/** 128 bits in base64url (RFC 6749 §10.10). */
const unguessable = /^[\w\-~+/.]{22,}$/;

export async function openRelyingParty(
  { issuer }: Pick<Subject, 'issuer'>,
  { id, secret, redirectUri }: PlanClient,
  authentication: (secret: string) => client.ClientAuth = client.ClientSecretBasic,
): Promise<RelyingParty> {
  const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE };
  const config = await client.discovery(new URL(issuer), id, metadata, authentication(secret));
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''));

  function ask(change: Change = {}): Asked {
    const state = client.randomState();
    const parameters: Change = {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      state,
      nonce: client.randomNonce(),
      ...change,
    };
    const url = new URL(config.serverMetadata().authorization_endpoint ?? '');
    for (const [name, value] of Object.entries({ client_id: id, ...parameters })) {
      if (value !== undefined) url.searchParams.append(name, value);
    }
    return { url, state: parameters['state'] ?? state, nonce: parameters['nonce'] };
  }

  async function answer(browser: BrowserLike, change?: Change): Promise<Answered> {
    const asked = ask(change);
    const page = await walk(browser, asked.url.href);
    return { ...asked, browser, callback: new URL(page.url) };
  }

  async function redeem(answered: Answered): Promise<Completed> {
    const { callback, state, nonce, url } = answered;
    expect(callback.origin + callback.pathname, callback.href).toBe(redirectUri);
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    expect(callback.searchParams.get('code')).toMatch(unguessable);
    const tokens = await client.authorizationCodeGrant(config, callback, {
      expectedState: state,
      ...(nonce === undefined ? {} : { expectedNonce: nonce }),
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const idToken = tokens.id_token ?? '';
    if (claims === undefined) throw new Error('no ID token');
    await checkIdToken(idToken, url.searchParams.get('client_id') ?? '');
    expect(claims['nonce']).toBe(nonce);
    expect(tokens.token_type).toBe('bearer');
    expect(tokens.access_token).toMatch(unguessable);
    expect(tokens.expires_in).toBeGreaterThan(0);
    return { ...answered, tokens, idToken, claims };
  }

  async function checkIdToken(idToken: string, audience: string): Promise<void> {
    const { kid, alg } = jose.decodeProtectedHeader(idToken);
    expect([alg, typeof kid]).toEqual(['RS256', 'string']);
    const { payload } = await jose.jwtVerify(idToken, keys, {
      algorithms: ['RS256'],
      issuer,
      clockTolerance: CLOCK_TOLERANCE,
      audience,
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    expect(payload.sub).toMatch(/^[!-~]{1,255}$/);
  }

  async function userInfo({ tokens, claims }: Completed): Promise<client.UserInfoResponse> {
    return client.fetchUserInfo(config, tokens.access_token, claims.sub);
  }

  return {
    config,
    ask,
    answer,
    redeem,
    userInfo,
    async complete(browser, change) {
      const completed = await redeem(await answer(browser, change));
      expect((await userInfo(completed)).sub).toBe(completed.claims.sub);
      return completed;
    },
  };
}

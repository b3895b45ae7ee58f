import { createServer } from 'node:http';
import * as oidc from 'openid-client';
import type { Page } from 'playwright-core';

/** A small web application that signs people in: an independent implementation of the other side of the protocol. */
export interface RelyingParty {
  readonly redirectUri: string;
  /** Where the person's browser goes to sign in. */
  readonly authorizationUrl: string;
  /** The tokens, once the browser has come back. */
  readonly tokens: Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers>;
  readonly configuration: oidc.Configuration;
  close(): void;
}

export interface RelyingPartyOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope?: string;
  readonly port?: number;
  /** Host name in the redirect URI. */
  readonly host?: string;
}

/** Authorization code with PKCE S256 on a loopback address (RFC 8252 §7.3). */
export async function openRelyingParty(options: RelyingPartyOptions): Promise<RelyingParty> {
  const { issuer, clientId, scope = 'openid email profile groups offline_access', port = 0 } = options;
  const configuration = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const server = createServer();
  await new Promise<void>((done) =>
    server.listen(port, options.host === '[::1]' ? '::1' : '127.0.0.1', done),
  );
  const address = server.address();
  const origin = `http://${options.host ?? '127.0.0.1'}:${typeof address === 'object' && address ? address.port : port}`;
  const redirectUri = `${origin}/callback`;
  const tokens = new Promise<RelyingParty['tokens'] extends Promise<infer T> ? T : never>((done, failed) => {
    server.on('request', (request, response) => {
      response.end('signed in');
      const callback = new URL(request.url ?? '/', redirectUri);
      if (!callback.searchParams.has('state')) return;
      oidc
        .authorizationCodeGrant(configuration, callback, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
        })
        .then(done, failed);
    });
  });
  tokens.catch(() => {});
  const authorizationUrl = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }).href;
  return {
    redirectUri,
    authorizationUrl,
    tokens,
    configuration,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Waits until the browser shows the application again. Tokens may be there before: the page is still on its way then. */
export async function cameBack(
  page: Page,
  { redirectUri }: Pick<RelyingParty, 'redirectUri'>,
): Promise<void> {
  await page.waitForURL((url) => url.href.startsWith(redirectUri));
}

import type { UserInfo } from '../../kube/index.ts';
import { anonymousUser, createAnonymousPolicy } from './anonymous.ts';
import type { AuthenticationConfiguration } from './authentication-configuration.ts';
import { readBearerToken } from './bearer-token.ts';
import {
  type AuthenticateCertificate,
  connectionOf,
  type RequestOfConnection,
} from './client-certificate/index.ts';
import type { TokenAuthenticator } from './token-authenticator.ts';
import type { TokenOutcome } from './token-outcome.ts';
import { readWebSocketBearer } from './websocket-bearer.ts';

/** Who a request is from. `warning` belongs in a Warning header of the response. */
export type AuthenticationOutcome =
  | {
      readonly outcome: 'authenticated';
      readonly user: UserInfo;
      /** Milliseconds since 1970 at which the token or the certificate expires; Infinity when it does not say. */
      readonly expiresAt: number;
      /** Whether the session that it belongs to is over, which may be before the token; absent when nobody can tell. */
      readonly hasEnded?: (() => boolean) | undefined;
      /** That session's `sid`; see TokenOutcome. */
      readonly sid?: string | undefined;
      readonly warning?: string;
    }
  | { readonly outcome: 'anonymous'; readonly user: UserInfo; readonly warning?: string }
  /** 401. `reason` is for the log only: the client learns nothing but "Unauthorized". */
  | { readonly outcome: 'unauthorized'; readonly reason: string; readonly warning?: string };

export interface AuthenticatorDeps {
  readonly configuration: Pick<AuthenticationConfiguration, 'anonymous'>;
  readonly tokenAuthenticator: TokenAuthenticator;
  /** undefined: client certificates are not looked at. */
  readonly authenticateCertificate?: AuthenticateCertificate | undefined;
  /** Knows tokens of other issuers; undefined: nobody does. */
  readonly tokenReviewer?: Pick<TokenAuthenticator, 'authenticate'> | undefined;
}

/**
 * Authenticates a request by its raw header pairs and its percent-decoded path without query, and by the certificate of
 * the connection that `request` came over.
 */
export type Authenticate = (
  rawHeaders: readonly string[],
  path: string,
  request?: RequestOfConnection,
) => AuthenticationOutcome | Promise<AuthenticationOutcome>;

const anonymous = { outcome: 'anonymous', user: anonymousUser } satisfies AuthenticationOutcome;
const noCredentials = {
  outcome: 'unauthorized',
  reason: 'no credentials provided',
} satisfies AuthenticationOutcome;

/**
 * The authenticators in kube-apiserver's order: client certificate, the Authorization header's token, the WebSocket's token
 * (each token: configured issuers, then the API server's review), anonymous. The first that knows the caller decides: a
 * good certificate is asked no token, and a bad credential beside a good one does no harm. Credentials of which none is
 * accepted are a 401 and never become anonymous; a request without any is anonymous where the configuration lets it. A
 * promise only when keys or a review must be fetched.
 * Source of the order: Kubernetes pkg/kubeapiserver/authenticator/config.go, authentication/request/union.
 */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticate {
  const { configuration, authenticateCertificate } = deps;
  const anonymousAllowed = createAnonymousPolicy(configuration.anonymous);
  return (rawHeaders, path, request) => {
    const certificate = request === undefined ? undefined : authenticateCertificate?.(request);
    if (certificate?.outcome === 'authenticated') return certificate;
    const bearer = readBearerToken(rawHeaders);
    if (bearer.kind === 'token') {
      const outcome = bearerOutcome(deps, bearer.token, request && connectionOf(request));
      // Nearly every request ends here, without a closure made for it.
      if (!(outcome instanceof Promise)) return orWithoutHeader(outcome, rawHeaders, path);
      return outcome.then((known) => orWithoutHeader(known, rawHeaders, path));
    }
    const reason = certificate?.outcome === 'refused' ? certificate.reason : undefined;
    const answer = withoutHeader(rawHeaders, path, reason);
    if (bearer.kind === 'none') return answer;
    return settled(answer, (outcome) => ({ ...outcome, warning: bearer.warning }));
  };

  function orWithoutHeader(outcome: TokenOutcome, rawHeaders: readonly string[], path: string) {
    return outcome.outcome === 'authenticated' ? outcome : withoutHeader(rawHeaders, path, reasonOf(outcome));
  }

  /** @param refused why an earlier credential was not accepted; undefined: there was none */
  function withoutHeader(
    rawHeaders: readonly string[],
    path: string,
    refused: string | undefined,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome> {
    const bearer = readWebSocketBearer(rawHeaders);
    if (bearer.kind === 'token') {
      return settled(bearerOutcome(deps, bearer.token), (outcome) =>
        outcome.outcome === 'authenticated' ? outcome : unauthorized(refused ?? reasonOf(outcome)),
      );
    }
    if (refused !== undefined) return unauthorized(refused);
    if (bearer.kind === 'refused') return unauthorized(bearer.reason);
    return anonymousAllowed(path) ? anonymous : noCredentials;
  }
}

/** Goes on with what is known, at once where it is. */
function settled<T, R>(known: T | Promise<T>, next: (known: T) => R | Promise<R>): R | Promise<R> {
  return known instanceof Promise ? known.then(next) : next(known);
}

/**
 * A configured issuer's token that fails is not shown to the API server, unlike in kube-apiserver, whose webhook comes
 * next: there both sides are one server with one configuration; here the API server may know the same issuer without the
 * rules that refused the token, and its answer would undo them.
 */
function bearerOutcome(
  { tokenAuthenticator, tokenReviewer }: AuthenticatorDeps,
  token: string,
  connection?: object,
): TokenOutcome | Promise<TokenOutcome> {
  const outcome = tokenAuthenticator.authenticate(token, connection);
  if (tokenReviewer === undefined) return outcome;
  return settled(outcome, (known) =>
    known.outcome === 'notMine' ? tokenReviewer.authenticate(token) : known,
  );
}

function reasonOf(outcome: Exclude<TokenOutcome, { outcome: 'authenticated' }>): string {
  return outcome.outcome === 'refused' ? outcome.reason : 'invalid bearer token';
}

function unauthorized(reason: string) {
  return { outcome: 'unauthorized', reason } satisfies AuthenticationOutcome;
}

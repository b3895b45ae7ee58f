import type { UserInfo } from '../../kube/index.ts';
import { anonymousUser, createAnonymousPolicy } from './anonymous.ts';
import type { AuthenticationConfiguration } from './authentication-configuration.ts';
import { readBearerToken } from './bearer-token.ts';
import type { TokenAuthenticator } from './token-authenticator.ts';
import type { TokenOutcome } from './token-outcome.ts';
import { readWebSocketBearer, type WebSocketBearer } from './websocket-bearer.ts';

/** Who a request is from. `warning` belongs in a Warning header of the response. */
export type AuthenticationOutcome =
  | {
      readonly outcome: 'authenticated';
      readonly user: UserInfo;
      /** Milliseconds since 1970 at which the token expires. */
      readonly expiresAt: number;
      /** Whether the session that it belongs to is over, which may be before the token; absent when nobody can tell. */
      readonly hasEnded?: (() => boolean) | undefined;
      readonly warning?: undefined;
    }
  | { readonly outcome: 'anonymous'; readonly user: UserInfo; readonly warning?: string }
  /** 401. `reason` is for the log only: the client learns nothing but "Unauthorized". */
  | { readonly outcome: 'unauthorized'; readonly reason: string; readonly warning?: string };

export interface AuthenticatorDeps {
  readonly configuration: Pick<AuthenticationConfiguration, 'anonymous'>;
  readonly tokenAuthenticator: TokenAuthenticator;
}

/** Authenticates a request by its raw header pairs and its percent-decoded path without query. */
export type Authenticate = (
  rawHeaders: readonly string[],
  path: string,
) => AuthenticationOutcome | Promise<AuthenticationOutcome>;

const anonymous = { outcome: 'anonymous', user: anonymousUser } satisfies AuthenticationOutcome;
const noCredentials = {
  outcome: 'unauthorized',
  reason: 'no credentials provided',
} satisfies AuthenticationOutcome;
const invalidToken: AuthenticationOutcome = { outcome: 'unauthorized', reason: 'invalid bearer token' };

/**
 * A token that is not accepted is a 401 and never becomes anonymous; a request without a token is
 * anonymous where the configuration lets it. A promise only when an issuer's keys must be fetched.
 */
export function createAuthenticator({ configuration, tokenAuthenticator }: AuthenticatorDeps): Authenticate {
  const anonymousAllowed = createAnonymousPolicy(configuration.anonymous);
  return (rawHeaders, path) => {
    const bearer = readCredentials(rawHeaders);
    if (bearer.kind === 'refused') return { outcome: 'unauthorized', reason: bearer.reason };
    if (bearer.kind !== 'token') {
      const answer = anonymousAllowed(path) ? anonymous : noCredentials;
      return bearer.kind === 'ignored' ? { ...answer, warning: bearer.warning } : answer;
    }
    const outcome = tokenAuthenticator.authenticate(bearer.token);
    return outcome instanceof Promise ? outcome.then(ofToken) : ofToken(outcome);
  };
}

/** One token is looked at: that of the header, else that of the WebSocket. A second one is no second try. */
function readCredentials(rawHeaders: readonly string[]): WebSocketBearer {
  const bearer = readBearerToken(rawHeaders);
  return bearer.kind === 'none' ? readWebSocketBearer(rawHeaders) : bearer;
}

function ofToken(outcome: TokenOutcome): AuthenticationOutcome {
  switch (outcome.outcome) {
    case 'authenticated':
      return outcome;
    case 'refused':
      return { outcome: 'unauthorized', reason: outcome.reason };
    case 'notMine':
      return invalidToken;
  }
}

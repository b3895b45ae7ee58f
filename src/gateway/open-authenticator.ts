import {
  type Authenticate,
  createAuthenticator,
  createRemoteKeySource,
  createStaticKeySource,
  createTokenAuthenticator,
  type JSONWebKeySet,
  parseAuthenticationConfiguration,
  type RemoteKeySource,
} from './authenticate/index.ts';

export interface OpenAuthenticatorDeps {
  /** An AuthenticationConfiguration file's text, and its name for errors. */
  readonly text: string;
  readonly file: string;
  /** The identity provider in this process: its keys are at hand, so that there is no request, no wait, no stale key. */
  readonly builtIn: { readonly issuer: string; jwks(): JSONWebKeySet };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * The authenticator that a configuration file describes, with a source of keys for each of its issuers.
 * @throws AuthenticationConfigurationError with line and column
 */
export function openAuthenticator(deps: OpenAuthenticatorDeps): {
  authenticate: Authenticate;
  close(): Promise<void>;
} {
  const configuration = parseAuthenticationConfiguration(deps.text, deps.file);
  const remote: RemoteKeySource[] = [];
  const issuers = configuration.jwt.map((authenticator) => {
    const { url, discoveryURL, certificateAuthority } = authenticator.issuer;
    if (url === deps.builtIn.issuer) {
      return { authenticator, keys: createStaticKeySource(() => deps.builtIn.jwks()) };
    }
    const keys = createRemoteKeySource({
      issuer: url,
      now: deps.now,
      log: deps.log,
      ...(discoveryURL === undefined ? {} : { discoveryURL }),
      ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    });
    remote.push(keys);
    void keys.load();
    return { authenticator, keys };
  });
  const tokenAuthenticator = createTokenAuthenticator({ issuers, now: deps.now });
  return {
    authenticate: createAuthenticator({ configuration, tokenAuthenticator }),
    close: async () => void (await Promise.all(remote.map((keys) => keys.close()))),
  };
}

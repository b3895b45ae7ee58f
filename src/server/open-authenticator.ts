import { type ClusterConfig, type Config, readNamedFile } from '../config/index.ts';
import {
  type AuthenticateCertificate,
  type ClusterMetrics,
  createReloadableAuthenticator,
  type ReloadableAuthenticator,
} from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { OpenedTarget } from './open-target.ts';
import { openTokenReview } from './open-token-review.ts';

export interface OpenAuthenticatorDeps {
  readonly config: Config;
  readonly cluster: ClusterConfig;
  readonly identity: Pick<Identity, 'jwks' | 'isEnded' | 'hasClient'>;
  /** undefined: certificates are not looked at. */
  readonly authenticateCertificate: AuthenticateCertificate | undefined;
  readonly metrics: ClusterMetrics | undefined;
  readonly log: Log;
}

/** Who counts at one cluster; by its AuthenticationConfiguration. @throws ConfigError, AuthenticationConfigurationError */
export function openAuthenticator(
  deps: OpenAuthenticatorDeps,
  target: Pick<OpenedTarget, 'serviceAccounts' | 'client'>,
): ReloadableAuthenticator {
  const { config, cluster, identity, log } = deps;
  const file = cluster.authenticationConfig;
  return createReloadableAuthenticator({
    load: () => ({ text: readNamedFile(config.file, `${cluster.at}.authenticationConfig`, file), file }),
    builtIn: {
      issuer: config.issuer,
      jwks: () => identity.jwks(),
      isEnded: (sessionId) => identity.isEnded(sessionId),
      hasClient: (clientId) => identity.hasClient(clientId),
    },
    authenticateCertificate: deps.authenticateCertificate,
    tokenReviewer: target.serviceAccounts ?? openTokenReview(cluster, target.client, log),
    now: Date.now,
    log,
    observer: deps.metrics?.tokens,
  });
}

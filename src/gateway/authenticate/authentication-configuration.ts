import { AuthenticationConfigurationError, type ConfigurationProblem } from './configuration-error.ts';
import type { RawJWTAuthenticator } from './configuration-shape.ts';
import { decodeConfiguration } from './decode-configuration.ts';
import { validateConfiguration } from './validate-configuration.ts';

/** apiserver.config.k8s.io AuthenticationConfiguration, checked. */
export interface AuthenticationConfiguration {
  readonly jwt: readonly JWTAuthenticator[];
  readonly anonymous: AnonymousConfiguration;
}

export interface JWTAuthenticator {
  readonly issuer: Issuer;
  readonly claimValidationRules: readonly { readonly claim: string; readonly requiredValue: string }[];
  readonly claimMappings: ClaimMappings;
}

export interface Issuer {
  /** Compared with a token's iss byte for byte. */
  readonly url: string;
  readonly discoveryURL?: string;
  /** PEM; absent: the system's certificate authorities. */
  readonly certificateAuthority?: string;
  /** At least one; a token for any of them is accepted. */
  readonly audiences: readonly string[];
}

export interface ClaimMappings {
  readonly username: PrefixedClaim;
  readonly groups?: PrefixedClaim;
  readonly uid?: { readonly claim: string };
}

export interface PrefixedClaim {
  readonly claim: string;
  readonly prefix: string;
}

/** Absent in the file means disabled: unlike kube-apiserver, nobody is let in by omission. */
export interface AnonymousConfiguration {
  readonly enabled: boolean;
  /** When not empty, anonymous requests are accepted on exactly these decoded paths. */
  readonly conditions: readonly { readonly path: string }[];
}

/**
 * Parses and checks an AuthenticationConfiguration (v1, v1beta1 or v1alpha1; YAML or JSON).
 * `fileName` is only for the errors. Throws AuthenticationConfigurationError, which lists every
 * problem of the stage that failed with line and column.
 * Differences from kube-apiserver: an http issuer URL is accepted when its host is loopback
 * (127.0.0.0/8, ::1, localhost), for the built-in identity provider of a laptop; CEL expressions,
 * egress selectors and a second YAML document are refused.
 */
export function parseAuthenticationConfiguration(
  text: string,
  fileName: string,
): AuthenticationConfiguration {
  const { raw, positionOf } = decodeConfiguration(text, fileName);
  const problems: ConfigurationProblem[] = [];
  validateConfiguration(raw, (path, problem) => {
    problems.push({ file: fileName, ...positionOf(path), message: `${path}: ${problem}` });
  });
  if (problems.length > 0) throw new AuthenticationConfigurationError('validation', problems);
  return {
    jwt: (raw.jwt ?? []).map(jwtAuthenticator),
    anonymous: {
      enabled: raw.anonymous?.enabled ?? false,
      conditions: (raw.anonymous?.conditions ?? []).map(({ path = '' }) => ({ path })),
    },
  };
}

function jwtAuthenticator(raw: RawJWTAuthenticator): JWTAuthenticator {
  const { url = '', discoveryURL, certificateAuthority, audiences = [] } = raw.issuer ?? {};
  const { username, groups, uid } = raw.claimMappings ?? {};
  return {
    issuer: {
      url,
      audiences,
      ...(discoveryURL ? { discoveryURL } : {}),
      ...(certificateAuthority ? { certificateAuthority } : {}),
    },
    claimValidationRules: (raw.claimValidationRules ?? []).map(({ claim = '', requiredValue = '' }) => ({
      claim,
      requiredValue,
    })),
    claimMappings: {
      username: { claim: username?.claim ?? '', prefix: username?.prefix ?? '' },
      // A groups or uid mapping without a claim maps nothing; Kubernetes accepts it as well.
      ...(groups?.claim ? { groups: { claim: groups.claim, prefix: groups.prefix ?? '' } } : {}),
      ...(uid?.claim ? { uid: { claim: uid.claim } } : {}),
    },
  };
}

import { type CelProgram, compileProgram } from '../../cel/index.ts';
import { AuthenticationConfigurationError, type ConfigurationProblem } from './configuration-error.ts';
import type { RawJWTAuthenticator, RawPrefixedClaim } from './configuration-shape.ts';
import { decodeConfiguration } from './decode-configuration.ts';
import { validateConfiguration } from './validate-configuration.ts';

/** apiserver.config.k8s.io AuthenticationConfiguration, checked. */
export interface AuthenticationConfiguration {
  readonly jwt: readonly JWTAuthenticator[];
  readonly anonymous: AnonymousConfiguration;
}

export interface JWTAuthenticator {
  readonly issuer: Issuer;
  readonly claimValidationRules: readonly (RequiredClaim | ValidationRule)[];
  readonly claimMappings: ClaimMappings;
  readonly userValidationRules?: readonly ValidationRule[];
}

export interface RequiredClaim {
  readonly claim: string;
  readonly requiredValue: string;
}

/** An expression that must be true. `message` is for the log. */
export interface ValidationRule {
  readonly program: CelProgram;
  readonly message: string;
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
  readonly username: PrefixedClaim | ClaimExpression;
  readonly groups?: PrefixedClaim | ClaimExpression;
  readonly uid?: { readonly claim: string } | ClaimExpression;
  readonly extra?: readonly { readonly key: string; readonly program: CelProgram }[];
}

/** A compiled CEL expression over `claims`. */
export interface ClaimExpression {
  readonly program: CelProgram;
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
 * (127.0.0.0/8, ::1, localhost), for the built-in identity provider of a laptop; egress selectors and
 * a second YAML document are refused. CEL expressions are compiled here, once.
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
  const { username, groups, uid, extra = [] } = raw.claimMappings ?? {};
  const userRules = raw.userValidationRules ?? [];
  return {
    issuer: {
      url,
      audiences,
      ...(discoveryURL ? { discoveryURL } : {}),
      ...(certificateAuthority ? { certificateAuthority } : {}),
    },
    claimValidationRules: (raw.claimValidationRules ?? []).map(
      ({ claim = '', requiredValue = '', expression, message = '' }) =>
        expression ? { program: compiled(expression, 'claims'), message } : { claim, requiredValue },
    ),
    claimMappings: {
      username: mapping(username) ?? { claim: '', prefix: '' },
      ...optional('groups', mapping(groups)),
      ...optional('uid', mapping(uid)),
      ...(extra.length === 0
        ? {}
        : {
            extra: extra.map(({ key = '', valueExpression = '' }) => ({
              key,
              program: compiled(valueExpression, 'claims'),
            })),
          }),
    },
    ...(userRules.length === 0
      ? {}
      : {
          userValidationRules: userRules.map(({ expression = '', message = '' }) => ({
            program: compiled(expression, 'user'),
            message,
          })),
        }),
  };
}

/** A mapping without claim and expression maps nothing; Kubernetes accepts it for groups and uid. */
function mapping(raw: RawPrefixedClaim | undefined): PrefixedClaim | ClaimExpression | undefined {
  if (raw?.expression) return { program: compiled(raw.expression, 'claims') };
  return raw?.claim ? { claim: raw.claim, prefix: raw.prefix ?? '' } : undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: Value });
}

/** The validation has compiled it before, so that an error here is a bug. */
function compiled(expression: string, variable: 'claims' | 'user'): CelProgram {
  const program = compileProgram(expression, variable);
  if (typeof program === 'string') throw new Error(`expression was not validated: ${expression}`);
  return program;
}

/**
 * The fields of apiserver.config.k8s.io AuthenticationConfiguration.
 * Source: Kubernetes apiserver/pkg/apis/apiserver/v1/types.go; goName is the Go type, which
 * Kubernetes' decoding errors name.
 */
export type Shape = 'string' | 'bool' | ListShape | ObjectShape;

export interface ListShape {
  readonly list: Shape;
}

export interface ObjectShape {
  readonly goName: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

const prefixedClaimOrExpression: ObjectShape = {
  goName: 'PrefixedClaimOrExpression',
  fields: { claim: 'string', prefix: 'string', expression: 'string' },
};

const claimMappings: ObjectShape = {
  goName: 'ClaimMappings',
  fields: {
    username: prefixedClaimOrExpression,
    groups: prefixedClaimOrExpression,
    uid: { goName: 'ClaimOrExpression', fields: { claim: 'string', expression: 'string' } },
    extra: { list: { goName: 'ExtraMapping', fields: { key: 'string', valueExpression: 'string' } } },
  },
};

const jwtAuthenticator: ObjectShape = {
  goName: 'JWTAuthenticator',
  fields: {
    issuer: {
      goName: 'Issuer',
      fields: {
        url: 'string',
        discoveryURL: 'string',
        certificateAuthority: 'string',
        audiences: { list: 'string' },
        audienceMatchPolicy: 'string',
        egressSelectorType: 'string',
      },
    },
    claimValidationRules: {
      list: {
        goName: 'ClaimValidationRule',
        fields: { claim: 'string', requiredValue: 'string', expression: 'string', message: 'string' },
      },
    },
    claimMappings,
    userValidationRules: {
      list: { goName: 'UserValidationRule', fields: { expression: 'string', message: 'string' } },
    },
  },
};

export const authenticationConfigurationShape: ObjectShape = {
  goName: 'AuthenticationConfiguration',
  fields: {
    apiVersion: 'string',
    kind: 'string',
    jwt: { list: jwtAuthenticator },
    anonymous: {
      goName: 'AnonymousAuthConfig',
      fields: {
        enabled: 'bool',
        conditions: { list: { goName: 'AnonymousAuthCondition', fields: { path: 'string' } } },
      },
    },
  },
};

/** The same fields as decoded: every one may be missing, each that is there has its type. */
export interface RawAuthenticationConfiguration {
  readonly jwt?: readonly RawJWTAuthenticator[];
  readonly anonymous?: { readonly enabled?: boolean; readonly conditions?: readonly { path?: string }[] };
}

export interface RawJWTAuthenticator {
  readonly issuer?: RawIssuer;
  readonly claimValidationRules?: readonly RawClaimValidationRule[];
  readonly claimMappings?: RawClaimMappings;
  readonly userValidationRules?: readonly { readonly expression?: string; readonly message?: string }[];
}

export interface RawIssuer {
  readonly url?: string;
  readonly discoveryURL?: string;
  readonly certificateAuthority?: string;
  readonly audiences?: readonly string[];
  readonly audienceMatchPolicy?: string;
  readonly egressSelectorType?: string;
}

export interface RawClaimValidationRule {
  readonly claim?: string;
  readonly requiredValue?: string;
  readonly expression?: string;
  readonly message?: string;
}

export interface RawPrefixedClaim {
  readonly claim?: string;
  readonly prefix?: string;
  readonly expression?: string;
}

export interface RawClaimMappings {
  readonly username?: RawPrefixedClaim;
  readonly groups?: RawPrefixedClaim;
  readonly uid?: { readonly claim?: string; readonly expression?: string };
  readonly extra?: readonly { readonly key?: string; readonly valueExpression?: string }[];
}

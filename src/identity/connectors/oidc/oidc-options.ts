/** Dex's keys of a connector of type `oidc`. Source: dexidp/dex connector/oidc/oidc.go (Config). */
export interface OIDCConnectorOptions extends OIDCClaimOptions {
  readonly issuer: string;
  readonly clientID: string;
  /** Absent: a public client. */
  readonly clientSecret?: string | undefined;
  readonly redirectURI: string;
  /** Beside `openid`. Default: `profile` and `email`. */
  readonly scopes?: readonly string[] | undefined;
  /** Default: as the provider says. */
  readonly basicAuthUnsupported?: boolean | undefined;
  /** PEM texts. */
  readonly rootCAs: readonly string[];
  readonly acrValues: readonly string[];
  readonly getUserInfo: boolean;
  /** Default: `consent`. */
  readonly promptType?: string | undefined;
  readonly providerDiscoveryOverrides?:
    | {
        readonly tokenURL?: string | undefined;
        readonly authURL?: string | undefined;
        readonly jwksURL?: string | undefined;
      }
    | undefined;
}

/** What is made of claims. */
export interface OIDCClaimOptions {
  readonly scopes?: readonly string[] | undefined;
  readonly insecureSkipEmailVerified: boolean;
  readonly insecureEnableGroups: boolean;
  readonly allowedGroups: readonly string[];
  readonly userIDKey?: string | undefined;
  readonly userNameKey?: string | undefined;
  readonly overrideClaimMapping: boolean;
  readonly claimMapping?:
    | {
        readonly preferred_username?: string | undefined;
        readonly email?: string | undefined;
        readonly groups?: string | undefined;
      }
    | undefined;
  readonly claimModifications?:
    | {
        readonly newGroupFromClaims: readonly NewGroupFromClaims[];
        readonly filterGroupClaims?: { readonly groupsFilter?: string | undefined } | undefined;
        readonly modifyGroupNames?: { readonly prefix: string; readonly suffix: string } | undefined;
      }
    | undefined;
}

export interface NewGroupFromClaims {
  readonly claims: readonly string[];
  readonly delimiter: string;
  readonly clearDelimiter: boolean;
  readonly prefix: string;
}

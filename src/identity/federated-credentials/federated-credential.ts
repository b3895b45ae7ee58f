import type { JSONWebKeySet } from '../../jwt/index.ts';

/** Another issuer's word for a client: who bears such a token of that issuer is the client. */
export interface FederatedCredential {
  /** Exactly the tokens' `iss`. Its keys are found by OpenID Connect Discovery unless said below. */
  readonly issuer: string;
  /** Exactly the tokens' `sub`, such as `system:serviceaccount:builds:deployer`. */
  readonly subject: string;
  /** The one audience that the tokens are for. Default: our issuer. */
  readonly audience?: string | undefined;
  /** Where the keys are, for an issuer without discovery. */
  readonly jwksURL?: string | undefined;
  /** The keys themselves, for an issuer that cannot be reached. */
  readonly jwks?: JSONWebKeySet | undefined;
}

/** A client as far as its federated credentials go. */
export interface FederatedClient {
  readonly id: string;
  readonly federatedCredentials?: readonly FederatedCredential[] | undefined;
}

/** One text for an issuer and a subject. */
export function federatedKey(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject]);
}

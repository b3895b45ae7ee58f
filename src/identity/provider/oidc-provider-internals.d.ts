declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { JWK } from 'jose';
  import type Provider from 'oidc-provider';
  import type { KoaContextWithOIDC } from 'oidc-provider';

  export interface Internals {
    readonly responseModes: Map<string, unknown>;
    readonly grantTypeHandlers: Map<string, (ctx: KoaContextWithOIDC) => Promise<void>>;
    /** Private keys sign, in their order; all of them verify. */
    readonly keystore: { clear(): void; add(key: JWK): void };
    /** By id: metadata, or the client that was made of it when it was first asked for. */
    staticClients: Map<string, unknown>;
    jwks: { readonly keys: readonly JWK[] };
    readonly configuration: {
      grantTypes: ReadonlySet<string>;
      idTokenSigningAlgValues: string[];
      readonly scopes: Set<string>;
      readonly claims: { readonly openid: Record<string, null> };
      readonly claimsSupported: Set<string>;
      readonly clientDefaults: { id_token_signed_response_alg: string };
    };
  }

  export function get(provider: Provider): Internals;
}

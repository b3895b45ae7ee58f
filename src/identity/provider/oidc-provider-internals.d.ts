declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type Provider from 'oidc-provider';

  export function get(provider: Provider): { readonly responseModes: Map<string, unknown> };
}

import type Provider from 'oidc-provider';
import { isLoopbackRedirectUri } from '../clients/redirect-uri.ts';

/**
 * Compares redirect URIs exactly, also for native clients (the provider would ignore the port of any loopback URI),
 * and lets clients marked `loopback_redirects` use any loopback URI.
 */
export function useExactRedirectUris(provider: Provider): void {
  const { prototype } = provider.Client;
  prototype.redirectUriAllowed = function redirectUriAllowed(
    this: Provider['Client']['prototype'],
    uri: string,
  ): boolean {
    if (this['loopback_redirects'] === true) return typeof uri === 'string' && isLoopbackRedirectUri(uri);
    return this.redirectUris?.includes(uri) === true;
  };
  prototype.postLogoutRedirectUriAllowed = function postLogoutRedirectUriAllowed(
    this: Provider['Client']['prototype'],
    uri: string,
  ): boolean {
    return this.postLogoutRedirectUris?.includes(uri) === true;
  };
}

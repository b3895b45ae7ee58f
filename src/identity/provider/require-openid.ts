import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/**
 * Every sign-in asks for `openid`, as in Dex: an access token without it is good for nothing here.
 * @throws InvalidScope
 */
export function requireOpenid({ oidc: { params, route } }: KoaContextWithOIDC): void {
  if (route !== 'authorization' && route !== 'pushed_authorization_request') return;
  const scopes = String(params?.['scope'] ?? '').split(' ');
  if (!scopes.includes('openid'))
    throw new errors.InvalidScope('Missing required scope(s) ["openid"]', 'openid');
}

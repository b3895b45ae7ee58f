import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { audienceOf } from '../claims/audiences.ts';
import { scopeClaims } from '../claims/scope-claims.ts';

/** The parameters of RFC 6749 §4.3.2, and Dex's `nonce`. */
export const passwordParameters = ['username', 'password', 'scope', 'nonce'] as const;

export interface PasswordRequest {
  readonly username: string;
  readonly password: string;
  readonly scopes: ReadonlySet<string>;
  /** To be said again by the ID token. */
  readonly nonce: string | undefined;
}

const isKnown = (scope: string) =>
  scope === 'openid' ||
  scope === 'offline_access' ||
  Object.hasOwn(scopeClaims, scope) ||
  audienceOf(scope) !== undefined;

/**
 * Reads a request of the password grant. As in Dex it asks for `openid`, and for nothing unknown.
 * @throws errors.InvalidRequest, errors.InvalidScope
 */
export function readPasswordRequest({ oidc: { params } }: KoaContextWithOIDC): PasswordRequest {
  const given = (name: (typeof passwordParameters)[number]) => {
    const value = params?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [username, password] = [given('username'), given('password')];
  if (username === undefined) throw new errors.InvalidRequest('username is missing');
  if (password === undefined) throw new errors.InvalidRequest('password is missing');
  const scopes = new Set((given('scope') ?? '').split(' ').filter(Boolean));
  if (!scopes.has('openid')) throw new errors.InvalidScope('Missing required scope(s) ["openid"]', 'openid');
  const unknown = [...scopes].find((scope) => !isKnown(scope));
  if (unknown !== undefined) throw new errors.InvalidScope('there is no such scope', unknown);
  return { username, password, scopes, nonce: given('nonce') };
}

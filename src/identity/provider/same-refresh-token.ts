import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Lifetimes } from './lifetimes.ts';

/**
 * What is done at a refresh where refresh tokens are not rotated (Dex's `disableRotation`): the token stays the same, and
 * its use puts off the end that it has for not being used. The absolute end stays where it is.
 * @returns whether to rotate: never
 */
export function createKeepRefreshToken(lifetimes: Pick<Lifetimes, 'refreshToken'>, now: () => number) {
  return async ({ oidc }: KoaContextWithOIDC): Promise<false> => {
    const { RefreshToken: token } = oidc.entities;
    if (token === undefined) return false;
    token.exp = Math.floor(now() / 1000) + lifetimes.refreshToken(token);
    await token.save();
    return false;
  };
}

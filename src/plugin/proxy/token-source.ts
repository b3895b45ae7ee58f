import { isFresh } from '../freshness.ts';
import { type RenewalDeps, type RenewalOptions, renewCredentials } from '../renewal.ts';

/** A token that the API server refuses is renewed at most this often, in milliseconds. */
const forceEvery = 60_000;

/** The person's token, renewed when it is about to end or has been refused; many requests at once make one renewal. */
export interface TokenSource {
  /** Throws PluginError (notLoggedIn) when only a login helps and nobody is there to do it. */
  token(): Promise<string>;
  refused(): void;
}

export function createTokenSource(options: Omit<RenewalOptions, 'force'>, deps: RenewalDeps): TokenSource {
  let renewing: Promise<string> | undefined;
  let mustRenew = false;
  let forcedAt = 0;

  async function renew(force: boolean): Promise<string> {
    if (force) forcedAt = deps.now();
    const { idToken } = await renewCredentials({ ...options, force }, deps);
    mustRenew = false;
    return idToken;
  }

  return {
    async token() {
      const credentials = deps.cache.read();
      if (isFresh(credentials, deps.now()) && !mustRenew) return credentials.idToken;
      renewing ??= renew(mustRenew).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    refused() {
      if (deps.now() - forcedAt >= forceEvery) mustRenew = true;
    },
  };
}

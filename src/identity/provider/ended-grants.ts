import { hash } from 'node:crypto';
import { followPrefix, type Store } from '../../store/index.ts';

/** Under which grants that ended before their time are kept. */
export const ENDED_GRANTS = 'identity/revoked/';

/**
 * What stands for a grant outside of this module, in the `sid` claim of ID tokens: with it nothing can be redeemed.
 * Source: OpenID Connect Front-Channel Logout 1.0 §3 (a session is a person's at one relying party, on one device).
 */
export function sessionIdOf(grantId: string): string {
  return hash('sha256', grantId, 'base64url');
}

export interface EndedGrants {
  /** Whether the session that a `sid` claim names was ended: signed out, revoked, or its refresh token was used twice. */
  isEnded(sessionId: string): boolean;
  close(): void;
}

export interface EndedGrantsDeps {
  readonly store: Store;
  readonly log: { error(fields: object, message: string): void };
}

/** All ended grants in memory, kept up by the store's watch: so that they can be asked for at every request, on every replica. */
export async function followEndedGrants({ store, log }: EndedGrantsDeps): Promise<EndedGrants> {
  const prefix = `${ENDED_GRANTS}record/`;
  const ended = new Set<string>();
  const watcher = await followPrefix(
    { store, onError: (err) => log.error({ err }, 'following ended sessions was interrupted') },
    prefix,
    {
      put: ({ key }) => void ended.add(key.slice(prefix.length)),
      remove: ({ key }) => void ended.delete(key.slice(prefix.length)),
    },
  );
  return { isEnded: (sessionId) => ended.has(sessionId), close: () => watcher.close() };
}

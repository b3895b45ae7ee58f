import { hash } from 'node:crypto';
import type { UserInfo } from '../../kube/index.ts';
import { addAuthenticatedGroup } from './authenticated-group.ts';
import type { TokenAuthenticator } from './token-authenticator.ts';
import type { TokenOutcome } from './token-outcome.ts';

const notMine: TokenOutcome = { outcome: 'notMine' };

/** Bearer tokens that stand for a user each, for as long as the process lives. */
export interface StaticTokens extends Pick<TokenAuthenticator, 'authenticate'> {
  /** From now on the token is this user's, who is in `system:authenticated` too. */
  add(token: string, user: UserInfo): void;
}

/**
 * Tokens by a list, as kube-apiserver's `--token-auth-file` has them. They never expire; only their SHA-256 is kept.
 * Source: Kubernetes apiserver/pkg/authentication/token/tokenfile.
 */
export function createStaticTokens(): StaticTokens {
  const users = new Map<string, TokenOutcome>();
  return {
    add(token, user) {
      const groups = addAuthenticatedGroup(user.username, user.groups);
      users.set(digestOf(token), {
        outcome: 'authenticated',
        user: { ...user, groups },
        expiresAt: Number.POSITIVE_INFINITY,
      });
    },
    authenticate: (token) => users.get(digestOf(token)) ?? notMine,
  };
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64');
}

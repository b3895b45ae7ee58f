import type { UserInfo } from '../../kube/index.ts';
import type { AnonymousConfiguration } from './authentication-configuration.ts';

/** Who a request without credentials is from. */
export const anonymousUser: UserInfo = Object.freeze({
  username: 'system:anonymous',
  groups: Object.freeze(['system:unauthenticated']),
});

/**
 * Decides whether a request without credentials may go on as anonymous. `path` is percent-decoded and
 * without query; with conditions it must equal one of them exactly.
 */
export function createAnonymousPolicy({
  enabled,
  conditions,
}: AnonymousConfiguration): (path: string) => boolean {
  const paths = new Set(conditions.map(({ path }) => path));
  return (path) => enabled && (paths.size === 0 || paths.has(path));
}

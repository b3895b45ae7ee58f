import { attributesOf, type UserInfo } from '../../kube/index.ts';
import { whenAnswered } from '../delegate/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * As whom the request runs: the caller, or whom the caller wants to be.
 * @throws StatusError 403 when they may not
 */
export function assumeUser(deps: PipelineDeps, exchange: Exchange): void | Promise<void> {
  const user = whenAnswered(() => assumed(deps, exchange));
  if (!(user instanceof Promise)) {
    exchange.user = user;
    return undefined;
  }
  return user.then((settled) => {
    exchange.user = settled;
  });
}

/** Free of consequences but for the trail, since it runs again when an answer had to be fetched. */
function assumed(deps: PipelineDeps, { request, requestInfo, caller, trail }: Exchange): UserInfo {
  const asked = deps.impersonate(request.rawHeaders, caller, (user) => attributesOf(requestInfo, user));
  if (asked.outcome === 'refused') throw asked.error;
  if (asked.outcome === 'none') return caller;
  trail?.impersonated(asked.user, asked.constraint);
  return asked.user;
}

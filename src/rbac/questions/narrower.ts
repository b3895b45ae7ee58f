import type { Attributes } from '../../kube/index.ts';
import type { Policy } from '../policy.ts';
import { EVERYWHERE, reachOf, textOrder } from './principal.ts';
import { visibleObjects } from './visible.ts';

/**
 * The namespaces in which the same request would be allowed, by name. Only those that one of the caller's bindings is in
 * are looked at: whatever is allowed in others is allowed everywhere. Each is then asked for as any other request, so
 * the answer cannot differ from asking about every namespace there is.
 * @param attributes a request on a resource; its namespace does not count
 */
export function namespacesAllowing(policy: Policy, attributes: Attributes): string[] {
  const view = policy.view();
  const { username, groups } = attributes.user;
  const candidates = new Set<string>();
  for (const binding of [
    ...view.bindingsNaming('user', username),
    ...groups.flatMap((group) => [...view.bindingsNaming('group', group)]),
  ]) {
    const reach = reachOf(binding);
    if (reach !== undefined && reach !== EVERYWHERE) candidates.add(reach);
  }
  return [...candidates]
    .filter((namespace) => policy.authorize({ ...attributes, namespace }).decision === 'allow')
    .sort(textOrder);
}

/**
 * The names that the caller's rules list for which the same request at the cluster scope would be allowed, in order.
 * Nothing but these when the request without a name is not allowed.
 * @param attributes a request on a resource; its namespace and name do not count
 */
export function namesAllowing(policy: Policy, attributes: Attributes): string[] {
  const { user, verb, apiGroup, resource } = attributes;
  const { namesEverywhere } = visibleObjects(policy, user, { verbs: [verb], apiGroup, resource });
  return [...namesEverywhere]
    .filter((name) => policy.authorize({ ...attributes, namespace: '', name }).decision === 'allow')
    .sort(textOrder);
}

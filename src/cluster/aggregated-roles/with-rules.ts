import type { ObjectContext } from '../objects/object-context.ts';
import { timestamp } from '../objects/object-context.ts';
import { type Applied, applyConfiguration } from '../ownership/index.ts';
import { groupVersionOf, type ResourceType } from '../resources/index.ts';
import type { ClusterRole } from './gathered-rules.ts';

/** By this name the rules are owned, as kube-controller-manager's. */
const manager = 'clusterrole-aggregation-controller';

/** A role with gathered rules, whoever has set others before: a server-side apply by force. */
export function withRules(
  context: ObjectContext,
  type: ResourceType,
  live: ClusterRole,
  rules: ClusterRole['rules'],
): Applied {
  const { name = '' } = live.metadata;
  const identity = { apiVersion: groupVersionOf(type), kind: type.kind, metadata: { name } };
  // No rules are left out, as the real controller's client leaves them out.
  const config = rules?.length ? { ...identity, rules } : identity;
  const time = timestamp(context);
  return applyConfiguration({ type, live, config, manager, subresource: '', force: true, time });
}

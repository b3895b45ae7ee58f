import { type ClusterRole, gathers, rulesOf, sameRules, withRules } from '../aggregated-roles/index.ts';
import { type Controller, controllerOf } from './controller.ts';
import { clusterRoles } from './kinds.ts';
import { applyChange } from './writes.ts';

/**
 * Writes into a ClusterRole with an aggregationRule the rules that it gathers, whoever has written others there.
 * Source: pkg/controller/clusterroleaggregation.
 */
export const clusterRoleController: Controller = controllerOf({
  name: 'clusterrole-aggregation-controller',
  kind: clusterRoles,
  follows: [clusterRoles],
  concerns: (world, { object, previous = object }) =>
    world
      .list(clusterRoles, '')
      .filter((role) => role.aggregationRule && (gathers(role, object) || gathers(role, previous))),
  async reconcile({ world, context }, role: ClusterRole) {
    const rules = rulesOf(role, world.list(clusterRoles, ''));
    if (rules === undefined || sameRules(rules, role.rules ?? [])) return undefined;
    await applyChange(context, clusterRoles, role, (live) => withRules(context, clusterRoles, live, rules));
    return undefined;
  },
});

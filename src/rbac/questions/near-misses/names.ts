import type { CompiledBinding } from '../../binding.ts';
import type { PolicyView } from '../../policy-view.ts';
import type { RoleSlot } from '../../role-slot.ts';
import type { ObjectName } from '../grant.ts';
import { createBudget, STEPS, STEPS_PER_LOOK } from './budget.ts';

export function bindingName({ source, namespace, object }: CompiledBinding): ObjectName {
  return { kind: object.kind, namespace, name: object.metadata.name ?? '', source };
}

/**
 * The roles that the bindings' roleRefs mean, in one pass over the roles. A role that the pass does not reach is said to
 * be of the binding's own source, which is where a roleRef looks first.
 */
export function roleNamesOf(
  view: PolicyView,
  bindings: readonly CompiledBinding[],
): ReadonlyMap<RoleSlot, ObjectName> {
  const named = new Map<RoleSlot, ObjectName>();
  const wanted = new Map<object, CompiledBinding[]>();
  for (const binding of bindings) {
    const { kind, namespace, name, role } = binding.slot;
    if (role === undefined || (kind !== 'Role' && kind !== 'ClusterRole')) continue;
    named.set(binding.slot, { kind, namespace, name, source: binding.source });
    wanted.set(role.rules, [...(wanted.get(role.rules) ?? []), binding]);
  }
  const certain = new Set<RoleSlot>();
  const budget = createBudget(3 * STEPS_PER_LOOK);
  for (const { kind, namespace, name, source, rules } of named.size === 0 ? [] : view.roles()) {
    if (!budget.spend(STEPS.role) || certain.size === named.size) break;
    for (const { slot, source: own } of wanted.get(rules) ?? []) {
      if (slot.kind !== kind || slot.namespace !== namespace || slot.name !== name) continue;
      if (source === own) certain.add(slot);
      if (source === own || !certain.has(slot)) named.set(slot, { kind, namespace, name, source });
    }
  }
  return named;
}

import type { CompiledBinding, CompiledSubject } from '../binding.ts';
import type { PolicyRule } from '../model.ts';
import type { PolicyView, RoleDefinition } from '../policy-view.ts';
import type { Grant, ObjectName } from './grant.ts';

/** Words what the indexes found as grants; for one question, because it remembers the names of roles and bindings. */
export interface GrantMaker {
  bindingName(binding: CompiledBinding): ObjectName;
  /** undefined when the binding's role has no such rule. */
  grant(binding: CompiledBinding, subject: CompiledSubject, ruleIndex: number): Grant | undefined;
}

export function createGrantMaker(view: PolicyView): GrantMaker {
  const bindings = new Map<CompiledBinding, ObjectName>();
  const roles = new Map<CompiledBinding['slot'], ObjectName>();
  let definitions: ReadonlyMap<readonly PolicyRule[], readonly RoleDefinition[]> | undefined;

  function bindingName(binding: CompiledBinding): ObjectName {
    let name = bindings.get(binding);
    if (name === undefined) {
      const { kind, metadata } = binding.object;
      name = { kind, namespace: binding.namespace, name: metadata.name ?? '', source: binding.source };
      bindings.set(binding, name);
    }
    return name;
  }

  // A slot knows the rules it points at, but not whose they are. A role of the binding's own source goes first.
  function roleName({ slot, source }: CompiledBinding, rules: readonly PolicyRule[]): ObjectName {
    let name = roles.get(slot);
    if (name === undefined) {
      definitions ??= Map.groupBy(view.roles(), (definition) => definition.rules);
      const meant = (definitions.get(rules) ?? []).filter(
        ({ kind, namespace, name }) =>
          kind === slot.kind && namespace === slot.namespace && name === slot.name,
      );
      const definition = meant.find((candidate) => candidate.source === source) ?? meant[0];
      const kind = slot.kind === 'Role' ? 'Role' : 'ClusterRole';
      name = { kind, namespace: slot.namespace, name: slot.name, source: definition?.source ?? source };
      roles.set(slot, name);
    }
    return name;
  }

  return {
    bindingName,
    grant(binding, { subject }, ruleIndex) {
      const rules = binding.slot.role?.rules ?? [];
      const rule = rules[ruleIndex];
      return (
        rule && { binding: bindingName(binding), role: roleName(binding, rules), rule, ruleIndex, subject }
      );
    },
  };
}

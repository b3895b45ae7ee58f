import { objectKey } from '../../object-key.ts';
import type { LintContext, LintedBinding } from './lint-context.ts';
import type { BindingLintRule, LintRule, RoleLintRule } from './lint-rule.ts';

const danglingRole: BindingLintRule = {
  on: 'binding',
  id: 'dangling-role',
  title: 'A binding refers to a role that does not exist',
  severity: 'medium',
  remedy: 'Correct roleRef (the binding must be deleted and created anew), or delete the binding.',
  *check(binding, context) {
    if (binding.role === undefined) {
      const { kind, name } = binding.binding.slot;
      yield { field: 'roleRef', message: `There is no ${kind} "${name}".${hintFor(binding, context)}` };
    }
  },
};

const unusedRole: RoleLintRule = {
  on: 'role',
  id: 'unused-role',
  title: 'A role that no binding uses',
  severity: 'info',
  remedy: 'Delete the role, or bind it.',
  *check({ object, bindings, metadata }, context) {
    if (bindings.length === 0 && !(object.kind === 'ClusterRole' && context.isGathered(metadata))) {
      yield { message: 'No binding refers to this role, and no aggregated ClusterRole gathers it.' };
    }
  },
};

const roleNotInLog: RoleLintRule = {
  on: 'role',
  id: 'role-not-in-log',
  title: 'A bound role through which the audit log shows nothing allowed',
  severity: 'low',
  remedy: 'Ask its holders, then delete its bindings if nobody needs them.',
  *check({ object: { kind, namespace, name }, bindings }, { known: { usedRoles } }) {
    if (bindings.length > 0 && usedRoles?.has(objectKey(kind, namespace, name)) === false) {
      yield { message: 'In the time that the audit log covers, no request was allowed through this role.' };
    }
  },
};

/** What refers to what: bindings to roles that are not there, roles that nothing refers to. */
export const REFERENCE_RULES: readonly LintRule[] = [danglingRole, unusedRole, roleNotInLog];

function hintFor({ binding }: LintedBinding, { roleNames, hint }: LintContext): string {
  const { kind, name } = binding.slot;
  const other = kind === 'Role' ? 'ClusterRole' : 'Role';
  if (roleNames(other, binding.namespace).has(name)) {
    return ` There is a ${other} of this name.`;
  }
  const among = kind === 'Role' ? `roles of ${binding.namespace}` : 'cluster roles';
  return hint(name, among, roleNames(kind, binding.namespace));
}

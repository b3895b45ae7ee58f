import type { CompiledBinding, CompiledSubject } from '../../binding.ts';
import { objectKey } from '../../object-key.ts';
import type { PolicyView } from '../../policy-view.ts';
import type { RoleSlot } from '../../role-slot.ts';

export interface HeavySubject {
  readonly type: CompiledSubject['type'];
  readonly name: string;
  readonly roles: number;
}

/** Subjects with more than `most` different roles; each once, by the first of its bindings. */
export function findHeavySubjects(view: PolicyView, most: number): Map<CompiledBinding, HeavySubject[]> {
  const found = new Map<CompiledBinding, HeavySubject[]>();
  for (const type of ['user', 'group'] as const) {
    for (const name of view.subjectNames(type)) {
      const bindings = [...view.bindingsNaming(type, name)];
      const roles = new Set<RoleSlot>(bindings.map(({ slot }) => slot)).size;
      if (roles > most) {
        const [first] = bindings.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        if (first !== undefined) {
          found.set(first, [...(found.get(first) ?? []), { type, name, roles }]);
        }
      }
    }
  }
  return found;
}

function keyOf({ source, namespace, object }: CompiledBinding): string {
  return `${objectKey(object.kind, namespace, object.metadata.name ?? '')}/${source}`;
}

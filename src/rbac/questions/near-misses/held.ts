import type { CompiledBinding, CompiledSubject } from '../../binding.ts';
import type { RoleSlot } from '../../role-slot.ts';
import type { Holding } from '../../subject-index.ts';

/** A role (or a roleRef that leads nowhere) in somebody's hands: this binding gives it to this subject. */
export interface Held {
  readonly slot: RoleSlot;
  readonly binding: CompiledBinding;
  /** Its number in the binding's `subjects`. */
  readonly subjectIndex: number;
  readonly subject: CompiledSubject;
}

/** The holding's role of this number, through any of the bindings that give it. */
export function heldAt(holding: Holding, index: number): Held | undefined {
  const first = holding.roles[index]?.first;
  return first && heldThrough(first.binding, first.subject);
}

export function heldThrough(binding: CompiledBinding, subjectIndex: number): Held | undefined {
  const subject = binding.subjects[subjectIndex];
  return subject && { slot: binding.slot, binding, subjectIndex, subject };
}

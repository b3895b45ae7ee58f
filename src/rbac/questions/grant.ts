import type { PolicyKind, PolicyRule, Subject } from '../model.ts';

/** An RBAC object as an answer names it. */
export interface ObjectName {
  readonly kind: PolicyKind;
  /** '' for the cluster-wide kinds. */
  readonly namespace: string;
  readonly name: string;
  /** Where the object comes from: `manifests`, `cluster`, … */
  readonly source: string;
}

/** How a right is held: this rule, of this role, through this binding, by this subject. */
export interface Grant {
  readonly binding: ObjectName;
  readonly role: ObjectName;
  readonly rule: PolicyRule;
  /** Index of the rule in the role. */
  readonly ruleIndex: number;
  readonly subject: Subject;
}

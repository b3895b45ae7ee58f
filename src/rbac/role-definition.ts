import type { AggregationRole } from './aggregation.ts';
import type { ClusterRole, Role } from './model.ts';
import type { CompiledRole, RoleSlot } from './role-slot.ts';

/** One source's role of a name. */
export interface Definition {
  readonly source: string;
  /** As written. */
  readonly object: Role | ClusterRole;
  /** ClusterRoles only. */
  readonly aggregation: AggregationRole | undefined;
  compiled: CompiledRole;
}

/** One (kind, namespace, name): who defines it and who refers to it, by source. */
export interface RoleName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly definitions: Map<string, Definition>;
  readonly slots: Map<string, RoleSlot>;
}

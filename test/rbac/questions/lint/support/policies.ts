import type { PolicyObject } from '../../../../../src/rbac/index.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../../../objects.ts';

/** Policies whose first object is the one that is looked at. */
export const cluster = (...rules: string[]) => [clusterRole('r', rules)];
export const local = (...rules: string[]) => [role('dev', 'r', rules)];
/** A ClusterRole that is bound in a namespace only. */
export const confined = (...rules: string[]) => [
  clusterRole('r', rules),
  roleBinding('dev', 'b', 'ClusterRole r', 'User a'),
];
export const bound = (...subjects: string[]) => [
  clusterRoleBinding('b', 'r', ...subjects),
  clusterRole('r', ['get pods']),
];
export const boundHere = (...subjects: string[]) => [
  roleBinding('dev', 'b', 'Role r', ...subjects),
  role('dev', 'r', ['get pods']),
];

/** The object with an annotation that silences rules. */
export const annotated = <T extends PolicyObject>(object: T, ignore: string): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'sallyport.dev/lint-ignore': ignore } },
});

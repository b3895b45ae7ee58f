import type { Attributes } from '../../../../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../../../../src/rbac/index.ts';
import type { NearMissKind } from '../../../../src/rbac/questions/explain.ts';
import { user } from '../../attributes.ts';
import { clusterRole, role, roleBinding } from '../../objects.ts';

export const jane = user('jane', 'devs', 'system:authenticated');

export const robot = user(
  'system:serviceaccount:dev:robot',
  'system:serviceaccounts',
  'system:serviceaccounts:dev',
  'system:authenticated',
);

export const dev = { namespace: 'dev' };
export const VIEW = 'ClusterRole "view", given to User "jane" by RoleBinding "b" in namespace "dev",';
export const READER = 'Role "reader", given to User "jane" by RoleBinding "b" in namespace "dev",';

export function policyOf(...objects: readonly PolicyObject[]) {
  const policy = createPolicy();
  for (const object of objects) policy.put('manifests', object);
  return policy;
}

/** A Role of jane's in dev. */
export function janesRole(...rules: string[]): PolicyObject[] {
  return [role('dev', 'reader', rules), roleBinding('dev', 'b', 'Role reader', 'User jane')];
}

/** A ClusterRole of somebody's in dev. */
export function viewFor(...subjects: string[]): PolicyObject[] {
  return [clusterRole('view', ['get pods']), roleBinding('dev', 'b', 'ClusterRole view', ...subjects)];
}

export interface NearMissCase {
  readonly title: string;
  readonly objects: readonly PolicyObject[];
  readonly request: Attributes;
  readonly kind: NearMissKind;
  readonly message: string;
  readonly remedyText: string;
}

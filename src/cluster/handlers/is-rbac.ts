import type { ResourceType } from '../resources/index.ts';

export function isRbac(type: ResourceType): boolean {
  return type.group === 'rbac.authorization.k8s.io';
}

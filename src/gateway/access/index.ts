/**
 * Deciding about requests to services that are no Kubernetes API, with kube-rbac-proxy's model of attributes. Owns which
 * question a request puts to RBAC, which paths are open or missing, and the order of the steps; does not forward.
 */
export { type Asked, headerLines } from './asked.ts';
export type { Authorization } from './authorization.ts';
export { type Access, type Admitted, createDoor, type Door, type DoorDeps, type Passage } from './door.ts';
export { createIdentityText } from './identity-text.ts';
export { openToEverybody } from './open-to-everybody.ts';

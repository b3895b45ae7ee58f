import { createPolicy, type Policy, type PolicyObject } from '../../../src/rbac/index.ts';

/** A policy of these objects. */
export function lintPolicy(objects: readonly PolicyObject[], source = 'manifests'): Policy {
  const policy = createPolicy();
  for (const object of objects) policy.put(source, object);
  return policy;
}

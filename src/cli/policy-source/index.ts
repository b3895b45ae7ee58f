/**
 * Where the questions' policy comes from: manifests, or a server that the kubeconfig leads to. Owns listing the server's
 * RBAC objects, and what names of resources mean. Does not answer anything.
 */
export { applyManifests } from './apply-manifests.ts';
export { HiddenPolicyError } from './list-policy.ts';
export { openPolicySource, type SourceChoice, sourceChoice, warn } from './open-policy-source.ts';
export {
  compilePolicy,
  type Place,
  type PolicySource,
  placeKey,
  type SourcedObject,
} from './policy-source.ts';
export { readManifestObjects } from './read-manifest-objects.ts';
export { findResourceType, type ResourceType, splitResourceName } from './resource-type.ts';
export { manifestOptions, serverOptions, sourceOptions } from './source-options.ts';
export { usingSource } from './using-source.ts';

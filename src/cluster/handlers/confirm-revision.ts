import { fieldError, invalid } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';

/**
 * Kinds whose objects nobody may replace without saying which revision is meant.
 * Source: Kubernetes pkg/registry, AllowUnconditionalUpdate of the kinds' strategies.
 */
const conditional = new Set([
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices',
  'coordination.k8s.io/leases',
  'policy/poddisruptionbudgets',
]);

/**
 * A PUT says which revision it replaces, where the kind wants that. Throws StatusError 422.
 * Source: Kubernetes apiserver/pkg/registry/generic/registry/store.go Update.
 */
export function confirmRevision({ group, resource, custom }: ResourceType, object: KubeObject): void {
  const { name = '', resourceVersion = '' } = object.metadata;
  if (custom === undefined && !conditional.has(`${group}/${resource}`)) return;
  if (resourceVersion !== '' && Number(resourceVersion) !== 0) return;
  const missing = fieldError.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
  // The store names the resource where others name the kind.
  throw invalid({ group, kind: resource }, name, [missing]);
}

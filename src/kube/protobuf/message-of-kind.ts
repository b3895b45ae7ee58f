import { messagePlan } from './message-table.ts';

const META = 'k8s.io.apimachinery.pkg.apis.meta';

/** Where the messages of an API group live. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['', 'k8s.io.api.core'],
  ['admission.k8s.io', 'k8s.io.api.admission'],
  ['admissionregistration.k8s.io', 'k8s.io.api.admissionregistration'],
  ['apiextensions.k8s.io', 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions'],
  ['apiregistration.k8s.io', 'k8s.io.kube_aggregator.pkg.apis.apiregistration'],
  ['apps', 'k8s.io.api.apps'],
  ['authentication.k8s.io', 'k8s.io.api.authentication'],
  ['authorization.k8s.io', 'k8s.io.api.authorization'],
  ['autoscaling', 'k8s.io.api.autoscaling'],
  ['batch', 'k8s.io.api.batch'],
  ['certificates.k8s.io', 'k8s.io.api.certificates'],
  ['coordination.k8s.io', 'k8s.io.api.coordination'],
  ['discovery.k8s.io', 'k8s.io.api.discovery'],
  ['events.k8s.io', 'k8s.io.api.events'],
  ['flowcontrol.apiserver.k8s.io', 'k8s.io.api.flowcontrol'],
  ['meta.k8s.io', META],
  ['networking.k8s.io', 'k8s.io.api.networking'],
  ['node.k8s.io', 'k8s.io.api.node'],
  ['policy', 'k8s.io.api.policy'],
  ['rbac.authorization.k8s.io', 'k8s.io.api.rbac'],
  ['resource.k8s.io', 'k8s.io.api.resource'],
  ['scheduling.k8s.io', 'k8s.io.api.scheduling'],
  ['storage.k8s.io', 'k8s.io.api.storage'],
]);

/** Kinds that every group version has (Kubernetes meta/v1 AddToGroupVersion): kubectl sends apps/v1 DeleteOptions. */
const META_KINDS: ReadonlySet<string> = new Set([
  'CreateOptions',
  'DeleteOptions',
  'GetOptions',
  'ListOptions',
  'PatchOptions',
  'Status',
  'UpdateOptions',
]);

/**
 * The protobuf message of a top-level kind, or undefined when there is none: custom resources, versions that the
 * tables do not hold, and messages that are only parts of objects.
 */
export function messageOfKind(apiVersion: string, kind: string): string | undefined {
  if (META_KINDS.has(kind)) return `${META}.v1.${kind}`;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const goPackage = PACKAGES.get(group);
  if (goPackage === undefined) return undefined;
  const message = `${goPackage}.${apiVersion.slice(slash + 1)}.${kind}`;
  const isTopLevel = messagePlan(message)?.get(1)?.name === 'metadata';
  return isTopLevel ? message : undefined;
}

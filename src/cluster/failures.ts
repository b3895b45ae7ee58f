import {
  type FieldError,
  forbiddenObject,
  type GroupResource,
  goQuote,
  invalid,
  StatusError,
} from '../kube/index.ts';

/** 422 of a request's query parameters. */
export function invalidOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions' | 'ListOptions',
  errors: readonly FieldError[],
): StatusError {
  return invalid({ group: 'meta.k8s.io', kind }, '', errors);
}

/** 403 of a create in a namespace that is on its way out. Source: plugin/pkg/admission/namespace/lifecycle. */
export function namespaceTerminating(resource: GroupResource, name: string, namespace: string): StatusError {
  const text = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { status } = forbiddenObject(resource, name, text);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new StatusError({ ...status, details: { ...status.details, causes: [cause] } });
}

/** Whether a resourceVersion is none: neither absent nor a decimal number. */
export function isInvalidRevision(resourceVersion: string): boolean {
  return resourceVersion !== '' && !/^\d{1,15}$/.test(resourceVersion);
}

/** How strconv.ParseUint refuses it. */
export function parseUintProblem(text: string): string {
  return `strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`;
}

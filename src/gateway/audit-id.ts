import { randomUUID } from 'node:crypto';

/** What may be echoed: short, printable, without separators. */
const CLIENT_AUDIT_ID = /^[\w.:-]{1,64}$/;

/**
 * The id that ties a request's traces together. A client may bring its own, as with kube-apiserver; one that could
 * deceive a reader of logs is replaced.
 * Source: Kubernetes apiserver/pkg/endpoints/filters/audit_init.go.
 */
export function auditIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && CLIENT_AUDIT_ID.test(header) ? header : randomUUID();
}

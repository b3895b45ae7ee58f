import { methodNotAllowed } from '../kube/index.ts';

/** The methods of the Kubernetes API. */
const METHODS: ReadonlySet<string | undefined> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/**
 * Every other method has no verb, which only a rule with `*` allows: then what an upstream makes of a TRACE or a PROPFIND
 * would be a cluster-admin's, unseen.
 * @throws StatusError 405
 */
export function checkMethod(method: string | undefined): void {
  if (!METHODS.has(method)) throw methodNotAllowed();
}

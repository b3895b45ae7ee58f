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
 * Every other method has no verb on a resource, which a rule with `*` allows all the same. It is not passed on: what an
 * upstream makes of a TRACE or a PROPFIND, nobody has decided on.
 * @throws StatusError 405
 */
export function checkMethod(method: string | undefined): void {
  if (!METHODS.has(method)) throw methodNotAllowed();
}

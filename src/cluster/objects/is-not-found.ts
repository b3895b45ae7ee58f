import { StatusError } from '../../kube/index.ts';

/** Whether the failure says that the object is not there (any more). */
export function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.status.reason === 'NotFound';
}

/** For who wants an object gone: throws every failure but that it is not there. */
export function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

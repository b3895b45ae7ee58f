import { StatusError } from '../kube/index.ts';
import type { AccessRequest, RequestName } from './access-request.ts';
import type { Person } from './person.ts';

/** What can happen to a request. `bind` and `unbind` are what it does to the cluster. */
export type AccessAction =
  | 'request'
  | 'approve'
  | 'deny'
  | 'revoke'
  | 'expire'
  | 'delete'
  | 'bind'
  | 'unbind';

/** Something was done to a request, or was tried. */
export interface Happening {
  readonly action: AccessAction;
  /** undefined: time did it, and this process saw to it. */
  readonly by: Person | undefined;
  /** As it is afterwards; only its name where it was never seen. */
  readonly request: AccessRequest | RequestName;
  readonly result: 'success' | 'failure';
  /** Why it failed: Kubernetes' reason with a small first letter, or `internal`. */
  readonly reason: string | undefined;
  /** The id of the request by which it was done, as other trails know it. */
  readonly requestId?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Told of everything that happens; whoever acts waits for it. */
export type Recorder = (happening: Happening) => Promise<void>;

export interface Recording {
  readonly record: Recorder;
  now(): number;
}

/** Does the work and records how it ended; what is thrown passes on. */
export async function recorded<T extends AccessRequest>(
  { record, now }: Recording,
  about: Pick<Happening, 'action' | 'by' | 'request' | 'requestId'>,
  work: () => Promise<T>,
): Promise<T> {
  let done: T;
  try {
    done = await work();
  } catch (error) {
    await record({ ...about, result: 'failure', reason: reasonOf(error), at: now() });
    throw error;
  }
  await record({ ...about, request: done, result: 'success', reason: undefined, at: now() });
  return done;
}

export function reasonOf(error: unknown): string {
  const reason = error instanceof StatusError ? error.status.reason : '';
  return reason === '' ? 'internal' : reason.charAt(0).toLowerCase() + reason.slice(1);
}

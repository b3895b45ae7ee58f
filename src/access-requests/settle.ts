import { isOpen, type StoredRequest } from './access-request.ts';
import type { Bindings } from './bindings.ts';
import { type AccessAction, type Recorder, reasonOf } from './happening.ts';
import type { RequestStore } from './request-store.ts';
import { bindingOf } from './role-binding.ts';
import { bound, lapsed, unbound } from './transitions.ts';

export interface SettleDeps {
  readonly requests: Pick<RequestStore, 'get' | 'replace'>;
  readonly bindings: Pick<Bindings, 'write' | 'remove'>;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: { warn(fields: object, message: string): void };
}

/** A request comes to rest in a few steps, unless others keep changing it. */
const MOST_STEPS = 10;

/**
 * Brings a request to what it is to be by now: ends it when its time is over, writes the binding that it wants, and takes away
 * the one that it does not want any more. Whoever is interrupted anywhere in it leaves a request from which the next one
 * goes on; two at once do no harm, for every step is a compare-and-set, and what is done to the cluster can be done twice.
 * @returns the request as it has come to be; still not settled when the cluster cannot be written to
 */
export async function settle(deps: SettleDeps, request: StoredRequest): Promise<StoredRequest> {
  let current = request;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = await stepFrom(deps, current);
    if (next === undefined) return current;
    current = next;
  }
  return current;
}

/** undefined when there is nothing more to do, or it cannot be done now. */
async function stepFrom(deps: SettleDeps, current: StoredRequest): Promise<StoredRequest | undefined> {
  const { requests, bindings, record, now } = deps;
  const over = lapsed(current, now());
  if (over !== undefined) {
    const ended = await requests.replace(current, over);
    if (ended !== undefined) await tell('expire', ended);
    return ended ?? lookAgain(deps, current);
  }
  if (current.phase === 'Approved') {
    if (!(await tryTo('bind', () => bindings.write(bindingOf(current))))) return undefined;
    const active = bound(current);
    const written = active && (await requests.replace(current, active));
    if (written !== undefined) return written;
    const found = await lookAgain(deps, current);
    // Whoever has ended it meanwhile may have looked for the binding before it was there.
    if (found === undefined || !isOpen(found))
      await tryTo('unbind', () => bindings.remove(bindingOf(current)));
    return found;
  }
  if (isOpen(current) || !current.mayBeBound) return undefined;
  if (!(await tryTo('unbind', () => bindings.remove(bindingOf(current))))) return undefined;
  const free = unbound(current);
  return (free && (await requests.replace(current, free))) ?? lookAgain(deps, current);

  async function tryTo(action: AccessAction, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const { namespace, name } = current;
      deps.log.warn({ err: error, namespace, name }, `the binding of an access request: ${action} failed`);
      const failed = { result: 'failure', reason: reasonOf(error) } as const;
      await record({ action, by: undefined, request: current, ...failed, at: now() });
      return false;
    }
  }

  function tell(action: AccessAction, ended: StoredRequest): Promise<void> {
    return record({
      action,
      by: undefined,
      request: ended,
      result: 'success',
      reason: undefined,
      at: now(),
    });
  }
}

/** As somebody else has left it; undefined when it is gone. */
async function lookAgain(
  { requests }: Pick<SettleDeps, 'requests'>,
  current: StoredRequest,
): Promise<StoredRequest | undefined> {
  const found = await requests.get(current);
  return found?.uid === current.uid ? found : undefined;
}

import type { PolicyKind } from '../../rbac/index.ts';
import type { HeldObjects } from './held-objects.ts';
import { LineTooLongError, linesOf } from './lines.ts';
import { isFields, readPolicyObject } from './read-policy-object.ts';
import { type Answer, refusalOf, ServerRefusal } from './server-refusal.ts';

/** etcd takes 1.5 MiB; an event holds one object. */
const EVENT_BYTES = 4 << 20;

export interface WatchRun {
  readonly kind: PolicyKind;
  readonly held: HeldObjects;
  /** Called with the resourceVersion of every event, once the event has been applied. */
  reached(resourceVersion: string): void;
}

/**
 * Applies the events of one watch until the server ends it.
 * @throws ServerRefusal when the watch can't go on from where it was (410 or not to be understood); what the network throws
 */
export async function watchKind(answer: Answer, run: WatchRun): Promise<void> {
  if (answer.status !== 200) throw await refusalOf(answer);
  try {
    for await (const line of linesOf(answer.body, EVENT_BYTES)) applyEvent(line, run);
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    throw new ServerRefusal(200, `an event is longer than ${EVENT_BYTES} bytes`);
  }
}

function applyEvent(line: string, { kind, held, reached }: WatchRun): void {
  const { type, object } = parseEvent(line);
  if (type === 'ERROR') {
    const { code, message } = isFields(object) ? object : {};
    // A server that only asks for patience can go on; what else stopped it would stop it again at the same place.
    throw new ServerRefusal(code === 429 ? 429 : 410, `the watch ended: ${String(message)}`);
  }
  if (type === 'BOOKMARK') {
    const { resourceVersion } = isFields(object) && isFields(object['metadata']) ? object['metadata'] : {};
    if (typeof resourceVersion === 'string' && resourceVersion !== '') reached(resourceVersion);
    return;
  }
  const read = readPolicyObject(object, kind);
  if (read === undefined || read.resourceVersion === '') {
    throw new ServerRefusal(200, 'an event holds something that is no such object');
  }
  if (type === 'ADDED' || type === 'MODIFIED') held.put(read);
  else if (type === 'DELETED') held.remove(read);
  else throw new ServerRefusal(200, `an event is of an unknown type`);
  reached(read.resourceVersion);
}

function parseEvent(line: string): { type: unknown; object: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    if (isFields(value)) return { type: value['type'], object: value['object'] };
  } catch {
    // Said below.
  }
  throw new ServerRefusal(200, 'an event is no JSON object');
}

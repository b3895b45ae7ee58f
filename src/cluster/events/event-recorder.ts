import { StatusError } from '../../kube/index.ts';
import { createObject } from '../objects/create-object.ts';
import { isNotFound } from '../objects/is-not-found.ts';
import { type ObjectContext, timestamp } from '../objects/object-context.ts';
import { type OwnWriter, ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { coreType, groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { createSpamFilter } from './spam-filter.ts';

/** Who tells. */
export interface EventSource {
  readonly component: string;
  /** The node, where it is one that tells. */
  readonly host?: string;
}

export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** A word in upper camel case. */
  readonly reason: string;
  readonly message: string;
  /** The part of the object that it happened to, as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

export interface EventRecorder {
  /** Tells it in the background: nobody waits for it, and nobody fails with it. */
  record(source: EventSource, type: ResourceType, object: KubeObject, happening: Happening): void;
  /** Resolves when everything has been told. */
  idle(): Promise<void>;
  /** Nothing more is told; resolves when the current one has been. */
  close(): Promise<void>;
}

interface Told {
  readonly name: string;
  readonly namespace: string;
}

type Telling = Parameters<EventRecorder['record']>;

/** What waits to be told at most, and what is remembered of what was told. Source: client-go/tools/record. */
const maxWaiting = 1000;
const maxRemembered = 4096;

/** Source: client-go/tools/record event.go, events_cache.go. @param onError told of what could not be written */
export function createEventRecorder(
  context: ObjectContext,
  onError: (error: unknown) => void,
): EventRecorder {
  const waiting: Telling[] = [];
  const told = new Map<string, Told>();
  const spam = createSpamFilter(context.now);
  const events = coreType('events');
  let running: Promise<void> | undefined;
  let closed = false;

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined && !closed; next = waiting.shift()) {
      await tell(...next).catch((error: unknown) => {
        if (!isPointless(error)) onError(error);
      });
    }
    running = undefined;
  }

  async function tell(...[source, type, object, happening]: Telling): Promise<void> {
    const key = JSON.stringify([source, object.metadata.uid, happening]);
    const earlier = told.get(key);
    if (earlier !== undefined && (await countOnce(earlier, source))) return;
    const namespace = object.metadata.namespace ?? 'default';
    const made = await createObject(context, {
      type: events,
      namespace,
      object: eventOf(source, type, object, happening, context),
      dryRun: false,
      trackFields: trackedAs(context, events, writerOf(source), ''),
    });
    told.delete(key);
    told.set(key, { name: made.metadata.name ?? '', namespace });
    for (const oldest of told.keys()) if (told.size > maxRemembered) told.delete(oldest);
  }

  /** False when it has expired. */
  async function countOnce({ name, namespace }: Told, source: EventSource): Promise<boolean> {
    const lastTimestamp = timestamp(context);
    const change = (event: KubeObject) => ({
      ...event,
      count: Number(event['count'] ?? 1) + 1,
      lastTimestamp,
    });
    try {
      const trackFields = trackedAs(context, events, writerOf(source), '');
      const call = {
        type: events,
        namespace,
        name,
        part: 'main',
        dryRun: false,
        change,
        trackFields,
      } as const;
      await updateObject(context, call);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  return {
    record(source, type, object, happening) {
      if (closed || waiting.length >= maxWaiting) return;
      if (!spam.allows(JSON.stringify([source, object.metadata.uid]))) return;
      waiting.push([source, type, object, happening]);
      // Not in the caller's turn, which has something else to write.
      running ??= Promise.resolve().then(run);
    },
    async idle() {
      await running;
    },
    async close() {
      closed = true;
      await running;
    },
  };
}

/** The program that a component is part of. */
function writerOf({ component }: EventSource): OwnWriter {
  if (component === 'kubelet') return ownWriters.kubelet;
  return component === 'default-scheduler' ? ownWriters.scheduler : ownWriters.controllers;
}

let lastNumber = 0n;

/** Unique in this process, and in the order of time. */
function eventNumber(now: number): string {
  const number = BigInt(Math.trunc(now)) * 1_000_000n;
  lastNumber = number > lastNumber ? number : lastNumber + 1n;
  return lastNumber.toString(16);
}

function eventOf(
  source: EventSource,
  type: ResourceType,
  { metadata }: KubeObject,
  { type: severity, reason, message, fieldPath }: Happening,
  context: ObjectContext,
): KubeObject {
  const { name = '', namespace, uid, resourceVersion } = metadata;
  const time = timestamp(context);
  const involvedObject = {
    kind: type.kind,
    ...(namespace !== undefined && { namespace }),
    name,
    uid,
    apiVersion: groupVersionOf(type),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(fieldPath !== undefined && { fieldPath }),
  };
  return {
    metadata: { name: `${name}.${eventNumber(context.now())}` },
    involvedObject,
    reason,
    message,
    source,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: severity,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  };
}

/** Of a namespace that is gone or on its way out nobody wants to hear. */
function isPointless(error: unknown): boolean {
  return error instanceof StatusError && (error.status.code === 404 || error.status.code === 403);
}

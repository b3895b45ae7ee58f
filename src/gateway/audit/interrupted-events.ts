import { readLogTail } from '../../audit-log/index.ts';
import { encodeGoJson, type Status, type UserInfo } from '../../kube/index.ts';
import type { AuditPolicy, AuditStage } from './audit-policy.ts';
import { type AuditAttributes, matchAuditLevel } from './match-audit-level.ts';
import { createMicroTime } from './micro-time.ts';
import { responseStatusJson } from './response-status-json.ts';

export interface InterruptedEventsOptions {
  /** Of the audit log; only a regular file is read. */
  readonly path: string;
  /** Tells whose events end without a last one, because it leaves that out. */
  readonly policy: AuditPolicy;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Bytes of the log, the youngest, that are looked at; 32 MiB. */
  readonly maxBytes?: number;
  /** Requests that are remembered as open while reading; 10 000. Beyond it the oldest are forgotten. */
  readonly maxOpen?: number;
}

const INTERRUPTED: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the process ended before the request did',
  reason: 'InternalError',
  code: 500,
};

/** What is read of an event; other members pass through. */
interface ReadEvent {
  readonly auditID: string;
  readonly stage: AuditStage;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: Partial<UserInfo>;
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly requestReceivedTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The last events of requests that a killed process left without one: stage Panic, since that is the one for a request
 * whose handling ended without an answer, with the annotation `sallyport.dev/interrupted`. Written to the same log they end
 * the requests there, so that the next start does not find them again. To be called before the log is opened; it reads a
 * bounded part of the log, one line at a time.
 * @returns lines for a backend, the oldest request first
 */
export function interruptedEvents(options: InterruptedEventsOptions): string[] {
  const { path, policy, now, maxBytes = 32 * 1024 * 1024, maxOpen = 10_000 } = options;
  const open = new Map<string, string>();
  for (const line of readLogTail(path, maxBytes)) {
    const event = eventOf(line);
    if (event === undefined) continue;
    const key = keyOf(event);
    const isNew = !open.has(key);
    if (isLast(event)) open.delete(key);
    else open.set(key, line);
    if (isNew && open.size > maxOpen) open.delete(open.keys().next().value ?? '');
  }
  const timestamp = createMicroTime()(now());
  return [...open.values()].flatMap((line) => {
    const event = eventOf(line);
    if (event === undefined) return [];
    const { omitStages } = matchAuditLevel(policy, attributesOf(event), userOf(event));
    // Where the policy leaves out the last event, there is no telling who got one.
    return omitStages.has('ResponseComplete') || omitStages.has('Panic') ? [] : [panicOf(event, timestamp)];
  });
}

/** undefined: half a line, or not an event. */
function eventOf(line: string): ReadEvent | undefined {
  try {
    const event = JSON.parse(line) as ReadEvent;
    const texts = [event.auditID, event.stage, event.requestURI, event.verb, event.requestReceivedTimestamp];
    return texts.every((text) => typeof text === 'string') && typeof event.user === 'object'
      ? event
      : undefined;
  } catch {
    return undefined;
  }
}

/** Clients choose their audit id, and may choose the same again. */
function keyOf({ auditID, requestURI, requestReceivedTimestamp }: ReadEvent): string {
  return [auditID, requestURI, requestReceivedTimestamp].join('\n');
}

/** A failed authentication has one event, and nobody in it. */
function isLast({ stage, user }: ReadEvent): boolean {
  if (stage === 'ResponseStarted') return user.username === undefined;
  return stage === 'ResponseComplete' || stage === 'Panic';
}

function attributesOf({ verb, objectRef, requestURI }: ReadEvent): AuditAttributes {
  return {
    verb,
    isResourceRequest: objectRef !== undefined,
    path: pathOf(requestURI),
    apiGroup: objectRef?.['apiGroup'] ?? '',
    resource: objectRef?.['resource'] ?? '',
    subresource: objectRef?.['subresource'] ?? '',
    namespace: objectRef?.['namespace'] ?? '',
    name: objectRef?.['name'] ?? '',
  };
}

/** Below the prefix of a cluster, as the policy was asked. */
function pathOf(requestURI: string): string {
  const path = requestURI.replace(/\?.*$/s, '').replace(/^\/clusters\/[^/]*/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function userOf({ user: { username = '', groups = [] } }: ReadEvent): UserInfo {
  return { username, groups };
}

/** The members in the order of Go's Event. */
function panicOf(event: ReadEvent, stageTimestamp: string): string {
  const { annotations, requestReceivedTimestamp, ...known } = event;
  const { responseStatus: _told, stageTimestamp: _then, ...head } = known as Record<string, unknown>;
  return encodeGoJson({
    ...head,
    stage: 'Panic',
    responseStatus: JSON.parse(responseStatusJson(INTERRUPTED.code, INTERRUPTED)),
    requestReceivedTimestamp,
    stageTimestamp,
    annotations: { ...annotations, 'sallyport.dev/interrupted': 'true' },
  });
}

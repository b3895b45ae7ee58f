import { randomUUID } from 'node:crypto';
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  invalid,
  pathSegmentNameErrors,
} from '../kube/index.ts';
import type { AccessRequest, RequestedRole, RequestName } from './access-request.ts';
import { durationText, parseDuration } from './duration.ts';
import type { Person } from './person.ts';
import { GROUP, kindOf } from './refusals.ts';

/** What is asked for. */
export interface WantedAccess extends RequestName {
  readonly role: { readonly kind: string; readonly name: string };
  /** As Go writes durations: `2h`, `1h30m`. */
  readonly duration: string;
  readonly reason: string;
}

export interface RequestBounds {
  /** For how long access can be asked for, in milliseconds. */
  readonly maxDuration: number;
  /** How long a request waits for somebody to decide, in milliseconds. */
  readonly pendingFor: number;
}

/** Characters of what people write: a page of text, and no more than an annotation holds. */
const LONGEST_TEXT = 1_024;
const SHORTEST_MS = 1_000;

/**
 * A new request of somebody's.
 * @param now milliseconds since the epoch
 * @throws StatusError 422 with every field that is wrong
 */
export function newRequest(
  wanted: WantedAccess,
  requester: Person,
  { maxDuration, pendingFor }: RequestBounds,
  now: number,
): AccessRequest {
  const { namespace, name, role, reason } = wanted;
  const duration = parseDuration(wanted.duration);
  const errors = [
    ...nameErrors(wanted),
    ...roleErrors(wanted),
    ...durationErrors(wanted.duration, duration, maxDuration),
    ...textErrors('spec.reason', reason, 'say why, to whoever decides'),
  ];
  if (errors.length > 0) throw invalid({ group: GROUP, kind: kindOf(wanted) }, name, errors);
  return {
    namespace,
    name,
    uid: randomUUID(),
    requester,
    role: role as RequestedRole,
    duration: duration ?? 0,
    reason: reason.trim(),
    createdAt: now,
    pendingUntil: now + pendingFor,
    phase: 'Pending',
    mayBeBound: false,
  };
}

function nameErrors({ namespace, name }: WantedAccess): FieldError[] {
  const problem = (field: string, value: string, texts: readonly string[]) =>
    texts.map((text) => fieldError.invalid(field, value, text));
  return [
    ...problem('metadata.name', name, dns1123SubdomainErrors(name)),
    ...(namespace === '' ? [] : problem('metadata.namespace', namespace, dns1123LabelErrors(namespace))),
  ];
}

function roleErrors({ namespace, role: { kind, name } }: WantedAccess): FieldError[] {
  const kinds = namespace === '' ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  const errors = kinds.includes(kind) ? [] : [fieldError.notSupported('spec.role.kind', kind, kinds)];
  if (name === '') return [...errors, fieldError.required('spec.role.name')];
  const long = name.length > LONGEST_NAME ? ['must be no more than 253 characters'] : [];
  const names = [...pathSegmentNameErrors(name), ...long];
  return [...errors, ...names.map((text) => fieldError.invalid('spec.role.name', name, text))];
}

const LONGEST_NAME = 253;

function durationErrors(text: string, ms: number | undefined, most: number): FieldError[] {
  const field = 'spec.duration';
  if (text === '') return [fieldError.required(field, 'for how long? for example 2h')];
  if (ms === undefined) return [fieldError.invalid(field, text, 'must be a duration such as 2h or 1h30m')];
  if (ms < SHORTEST_MS) return [fieldError.invalid(field, text, 'must be at least 1s')];
  return ms > most ? [fieldError.invalid(field, text, `must be no more than ${durationText(most)}`)] : [];
}

function textErrors(field: string, text: string, missing: string): FieldError[] {
  if (text.trim() === '') return [fieldError.required(field, missing)];
  return messageErrors(field, text);
}

/** What somebody says to a decision. */
export function messageErrors(field: string, text: string): FieldError[] {
  return text.length > LONGEST_TEXT
    ? [fieldError.invalid(field, `${text.slice(0, 20)}…`, `must be no more than ${LONGEST_TEXT} characters`)]
    : [];
}

import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { goInternal } from '../go-internal.ts';
import { asJsonObject, asText } from '../json-object.ts';
import { invalidFor, isAbsent } from './rules.ts';

const mostCharacters = 128;
const mostNoteCharacters = 1024;

/** An event in core/v1: the older form. Source: Kubernetes pkg/apis/core/validation/events.go ValidateEventCreate. */
export function validateEvent(event: KubeObject): FieldError[] {
  return placeAndTellerErrors(event, {
    about: event['involvedObject'],
    note: event['message'],
    controller: 'reportingComponent',
  });
}

/** An event in events.k8s.io/v1, which its teller counts up but does not change. */
export function validateNewEvent(event: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { regarding: about, note, type = '' } = event;
  const errors = placeAndTellerErrors(event, { about, note, controller: 'reportingController' });
  if (old !== undefined)
    return isAbsent(old['eventTime']) ? errors : [...errors, ...changeErrors(event, old)];
  if (isAbsent(event['eventTime'])) errors.push(fieldError.required('eventTime'));
  else errors.push(...seriesErrors(event['series']));
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(fieldError.invalid('type', '', `has invalid value: ${String(type)}`));
  const deprecated = Object.entries(olderFields).filter(([field]) => !isUnset(event[field]));
  return [...errors, ...deprecated.map(([, shown]) => fieldError.invalid(shown, '', 'needs to be unset'))];
}

/** What only the older form may say, as it is called there. */
const olderFields: Readonly<Record<string, string>> = {
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
  deprecatedSource: 'source',
};

function isUnset(value: unknown): boolean {
  return isAbsent(value) || value === 0 || isDeepStrictEqual(value, {});
}

interface OldOrNew {
  readonly about: unknown;
  readonly note: unknown;
  /** What the field is called that says who tells. */
  readonly controller: string;
}

/** Source: legacyValidateEvent. An event lives in the namespace of what it is about; one about a cluster object in `default`. */
function placeAndTellerErrors(event: KubeObject, { about, note, controller }: OldOrNew): FieldError[] {
  const namespace = asText(asJsonObject(about)['namespace']) ?? '';
  const own = event.metadata.namespace ?? '';
  const isForCluster = own === 'default' || own === 'kube-system';
  const isNew = !isAbsent(event['eventTime']);
  const fits = namespace === '' ? isForCluster : isNew || namespace === own;
  const errors = fits
    ? []
    : [fieldError.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
  if (!isNew) return errors;
  const teller = event[controller] ?? '';
  if (teller === '') errors.push(fieldError.required(controller));
  errors.push(...invalidFor(teller, controller, labelKeyErrors));
  for (const field of ['reportingInstance', 'action', 'reason']) {
    const text = String(event[field] ?? '');
    if (text === '') errors.push(fieldError.required(field));
    errors.push(...lengthErrors(text, field, mostCharacters));
  }
  return [...errors, ...lengthErrors(String(note ?? ''), 'message', mostNoteCharacters)];
}

function lengthErrors(text: string, path: string, most: number): FieldError[] {
  return text.length > most ? [fieldError.invalid(path, '', `can have at most ${most} characters`)] : [];
}

/** Source: validateV1EventSeries. */
function seriesErrors(value: unknown): FieldError[] {
  if (isAbsent(value)) return [];
  const { count = 0, lastObservedTime } = asJsonObject(value);
  const errors = Number(count) < 2 ? [fieldError.invalid('series.count', '', 'should be at least 2')] : [];
  return isAbsent(lastObservedTime) ? [...errors, fieldError.required('series.lastObservedTime')] : errors;
}

const fixedFields: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['reason', 'reason'],
  ['note', 'message'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingController', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
];

/** Source: ValidateEventUpdate. */
function changeErrors(event: KubeObject, old: KubeObject): FieldError[] {
  return fixedFields
    .filter(([field]) => !isDeepStrictEqual(event[field] ?? undefined, old[field] ?? undefined))
    .map(([field, shown]) => fieldError.invalid(shown, asShown(field, event[field]), 'field is immutable'));
}

function asShown(field: string, value: unknown): unknown {
  if (field === 'eventTime' || (field === 'related' && isAbsent(value))) return value ?? null;
  return field === 'regarding' || field === 'related'
    ? goInternal('io.k8s.api.core.v1.ObjectReference', value ?? {})
    : (value ?? '');
}

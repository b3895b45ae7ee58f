import type { Attributes } from './attributes.ts';
import { type FieldError, fieldErrorBody, fieldErrorsText } from './field-error.ts';
import { goQuote } from './go-quote.ts';
import { htmlSanitize } from './html-sanitize.ts';
import { type StatusCause, type StatusDetails, StatusError, type StatusMetadata } from './status.ts';

/** A resource by group ('' for core) and plural. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** A kind by group ('' for core); the kind of the review objects' errors is ''. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/*
 * kube-apiserver's refusals, text by text. Each function gives the error to throw.
 * Source: Kubernetes apimachinery pkg/api/errors/errors.go, apiserver pkg/endpoints/handlers/responsewriters.
 */

/** 401, the same for every cause: what was wrong with a credential is nobody's business but the log's. */
export function unauthorized(): StatusError {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/**
 * 403 of the authorization filter.
 * @param reason the authorizer's, '' for none; appended as it is
 * @param causes what else there is to say; kube-apiserver has none
 */
export function forbidden(
  attributes: Attributes,
  reason: string,
  causes: readonly StatusCause[] = [],
): StatusError {
  const sentence = htmlSanitize(forbiddenSentence(attributes));
  const resource = { group: attributes.apiGroup, resource: attributes.resource };
  const text = reason === '' ? sentence : `${sentence}: ${reason}`;
  const message = `${forbiddenSubject(resource, attributes.name)}: ${text}`;
  const details = detailsOf(resource, attributes.name);
  return failure(403, 'Forbidden', message, causes.length === 0 ? details : { ...details, causes });
}

/** 403 of admission or of a registry, about an object. @param name '' for none. */
export function forbiddenObject(resource: GroupResource, name: string, text: string): StatusError {
  return failure(403, 'Forbidden', `${forbiddenSubject(resource, name)}: ${text}`, detailsOf(resource, name));
}

/** 400. */
export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

/** 404 of one object. */
export function notFound(resource: GroupResource, name: string): StatusError {
  return failure(
    404,
    'NotFound',
    `${titled(resource)} ${goQuote(name)} not found`,
    detailsOf(resource, name),
  );
}

/** 404 of a resource or subresource that a known group version does not have. */
export function resourceNotFound(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 404 of something that is no object. */
export function notFoundText(message: string): StatusError {
  return failure(404, 'NotFound', message);
}

/** 405. */
export function methodNotAllowed(
  message = 'the server does not allow this method on the requested resource',
): StatusError {
  return failure(405, 'MethodNotAllowed', message, {});
}

/** 406. @param available the media types that could be had. */
export function notAcceptable(available: readonly string[]): StatusError {
  const message = `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`;
  return failure(406, 'NotAcceptable', message, {});
}

/** The same in the words of handlers that negotiate by themselves. Source: apiserver/pkg/endpoints/handlers/negotiation/errors.go. */
export function noneOfMediaTypes(available: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${available.join(', ')}`;
  return failure(406, 'NotAcceptable', message);
}

/** 409 of a create. */
export function alreadyExists(resource: GroupResource, name: string): StatusError {
  const message = `${titled(resource)} ${goQuote(name)} already exists`;
  return failure(409, 'AlreadyExists', message, detailsOf(resource, name));
}

const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 409 of a write. @param text why; the default is a stale resourceVersion. */
export function conflict(resource: GroupResource, name: string, text: string = OBJECT_MODIFIED): StatusError {
  const message = `Operation cannot be fulfilled on ${titled(resource)} ${goQuote(name)}: ${text}`;
  return failure(409, 'Conflict', message, detailsOf(resource, name));
}

/** 410: a resourceVersion or continue token that history no longer reaches. @param continueToken a fresh one. */
export function expired(message: string, continueToken?: string): StatusError {
  return failure(
    410,
    'Expired',
    message,
    undefined,
    continueToken === undefined ? {} : { continue: continueToken },
  );
}

/** 410 with the reason Gone: older clients look for it. */
export function gone(message: string): StatusError {
  return failure(410, 'Gone', message);
}

/** 413. @param limitBytes what a body may have at most. */
export function requestEntityTooLarge(limitBytes: number): StatusError {
  const message = `Request entity too large: limit is ${limitBytes}`;
  return failure(413, 'RequestEntityTooLarge', message);
}

/** 413 of a JSON patch that could keep the server busy for long. */
export function tooManyOperations(limit: number, got: number): StatusError {
  const bound = `The allowed maximum operations in a JSON patch is ${limit}`;
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${bound}, got ${got}`);
}

/** 414, for which Kubernetes has no reason. @param limitBytes what a request target may have at most. */
export function requestUriTooLong(limitBytes: number): StatusError {
  return failure(414, '', `Request target too long: limit is ${limitBytes}`);
}

/** 415. @param accepted the media types that a body may have; without them the text for a PATCH. */
export function unsupportedMediaType(accepted?: readonly string[]): StatusError {
  if (accepted === undefined) return failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  const list = accepted.join(', ');
  const message = `the body of the request was in an unknown format - accepted media types include: ${list}`;
  return failure(415, 'UnsupportedMediaType', message);
}

/** More errors than a person can read would only make the answer many times as long as the request. */
const MAX_CAUSES = 100;

/** 422 of an object with invalid fields; the first hundred are told. @param errors at least one. */
export function invalid(kind: GroupKind, name: string, all: readonly FieldError[]): StatusError {
  const errors = all.slice(0, MAX_CAUSES);
  const causes = errors.map((error) => ({
    reason: error.type,
    message: fieldErrorBody(error),
    field: error.field,
  }));
  const title = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const message = `${title} ${goQuote(name)} is invalid: ${fieldErrorsText(errors)}`;
  return failure(422, 'Invalid', message, { name, group: kind.group, kind: kind.kind, causes });
}

/** 422 of a patch that does not apply (a failed test, a missing path). */
export function unprocessablePatch(): StatusError {
  const message = 'the server rejected our request due to an error in our request';
  return failure(422, 'Invalid', message, {});
}

const TOO_MANY_REQUESTS = 'Too many requests, please try again later.';

/** 429. @param retryAfterSeconds also to be sent as Retry-After; 0 when nobody knows. */
export function tooManyRequests(
  retryAfterSeconds: number,
  message: string = TOO_MANY_REQUESTS,
  causes: readonly StatusCause[] = [],
): StatusError {
  const details = { retryAfterSeconds };
  return failure(429, 'TooManyRequests', message, causes.length === 0 ? details : { ...details, causes });
}

/** 500 with reason InternalError. The text is shown: no secrets. */
export function internalError(text: string): StatusError {
  const details = { causes: [{ message: text }] };
  return failure(500, 'InternalError', `Internal error occurred: ${text}`, details);
}

/** 500 without a reason: how kube-apiserver answers with an error of Go that is no Status. */
export function untypedError(message: string): StatusError {
  return failure(500, '', message);
}

/** 503. */
export function serviceUnavailable(message: string): StatusError {
  return failure(503, 'ServiceUnavailable', message);
}

/** 504: a resourceVersion that the store has not reached. */
export function tooLargeResourceVersion(asked: string | number, current: string | number): StatusError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return failure(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

function failure(
  code: number,
  reason: string,
  message: string,
  details?: StatusDetails,
  metadata: StatusMetadata = {},
): StatusError {
  const base = { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason } as const;
  return new StatusError(details === undefined ? { ...base, code } : { ...base, details, code });
}

function titled({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function detailsOf({ group, resource }: GroupResource, name: string): StatusDetails {
  return { name, group, kind: resource };
}

function forbiddenSubject(resource: GroupResource, name: string): string {
  if (resource.group === '' && resource.resource === '') return 'forbidden';
  return name === ''
    ? `${titled(resource)} is forbidden`
    : `${titled(resource)} ${goQuote(name)} is forbidden`;
}

function forbiddenSentence(attributes: Attributes): string {
  const { verb, apiGroup, namespace } = attributes;
  const user = `User ${goQuote(attributes.user.username)}`;
  if (!attributes.isResourceRequest) return `${user} cannot ${verb} path ${goQuote(attributes.path)}`;
  const resource =
    attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  return `${user} cannot ${verb} resource ${goQuote(resource)} in API group ${goQuote(apiGroup)} ${scope}`;
}

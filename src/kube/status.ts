import { encodeGoJson } from './go-json.ts';

/**
 * The body of every answer that is not an object.
 * Source: Kubernetes meta/v1 Status.
 */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: StatusMetadata;
  readonly status: 'Success' | 'Failure';
  readonly message: string;
  /** Machine-readable reason, for example `NotFound`; '' when there is none. */
  readonly reason: string;
  readonly details?: StatusDetails;
  /** The HTTP status code. */
  readonly code: number;
}

export interface StatusMetadata {
  readonly resourceVersion?: string;
  readonly continue?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The resource's plural; the Kind for reason Invalid. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** A request that ends with a Status instead of an object. The message is the Status' own. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.status = status;
  }
}

/** The answer to a delete that leaves nothing to show. */
export function success(details: StatusDetails): Status {
  const base = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as const;
  return { ...base, message: '', reason: '', details, code: 200 };
}

/** A Status as kube-apiserver writes it: compact, members in Go's order, empty ones left out, one newline. */
export function encodeStatus(given: Status | StatusError): string {
  const status = given instanceof StatusError ? given.status : given;
  const { kind, apiVersion, metadata, details } = status;
  return `${encodeGoJson({
    kind,
    apiVersion,
    metadata: {
      resourceVersion: metadata.resourceVersion || undefined,
      continue: metadata.continue || undefined,
    },
    status: status.status,
    message: status.message || undefined,
    reason: status.reason || undefined,
    details: details === undefined ? undefined : orderedDetails(details),
    code: status.status === 'Success' ? undefined : status.code,
  })}\n`;
}

function orderedDetails(details: StatusDetails): object {
  return {
    name: details.name || undefined,
    group: details.group || undefined,
    kind: details.kind || undefined,
    uid: details.uid || undefined,
    causes: details.causes?.length ? details.causes.map(orderedCause) : undefined,
    retryAfterSeconds: details.retryAfterSeconds || undefined,
  };
}

function orderedCause(cause: StatusCause): object {
  return {
    reason: cause.reason || undefined,
    message: cause.message || undefined,
    field: cause.field || undefined,
  };
}

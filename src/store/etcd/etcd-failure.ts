import {
  InvalidTransactionError,
  LeaseNotFoundError,
  StoreUnavailableError,
  TransactionTooLargeError,
} from '../store.ts';

/** What etcd refused. @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export class EtcdRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A member did not answer, for whatever is the cause. */
export class EtcdOutage extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const UNAVAILABLE = 14;
const OUT_OF_SPACE = /database space exceeded/;
/** Nobody has seen the request: it may be sent again, to this member or to another. */
const NOT_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code of a failed connection, of TLS too; undefined when it is none. */
export function connectionCode(failure: unknown): string | undefined {
  if (!(failure instanceof Error)) return undefined;
  if (failure instanceof EtcdOutage) return connectionCode(failure.cause);
  if (failure instanceof AggregateError) return connectionCode(failure.errors[0]);
  return 'code' in failure && typeof failure.code === 'string' ? failure.code : undefined;
}

export function isTlsFailure(failure: unknown): boolean {
  return /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO)/.test(
    connectionCode(failure) ?? '',
  );
}

/** Whether it is certain that the request was taken by nobody. */
export function wasNotSent(failure: unknown): boolean {
  return NOT_SENT.has(connectionCode(failure)) || isTlsFailure(failure);
}

/** Whether another member may do better. */
export function isOutage(failure: unknown): boolean {
  return failure instanceof EtcdOutage || (failure instanceof EtcdRefusal && failure.status === UNAVAILABLE);
}

/** Whether the session with the member has ended, and nothing was done for that reason. */
export function isSignedOut({ message }: EtcdRefusal): boolean {
  return /invalid auth token|revision of auth store is old|user name is empty/.test(message);
}

export const isCompacted = (failure: unknown): boolean =>
  failure instanceof EtcdRefusal && failure.message.includes('required revision has been compacted');

export const isFuture = (failure: unknown): boolean =>
  failure instanceof EtcdRefusal && failure.message.includes('required revision is a future revision');

export const isNoLease = (failure: unknown): boolean =>
  failure instanceof EtcdRefusal && failure.message.includes('requested lease not found');

/** The contract's error for what etcd did, and what to do about it; other failures as they are. */
export function toStoreError(failure: unknown): unknown {
  if (isNoLease(failure)) return new LeaseNotFoundError();
  if (!(failure instanceof EtcdOutage || failure instanceof EtcdRefusal)) return failure;
  const { message } = failure;
  if (isOutage(failure))
    return new StoreUnavailableError(`etcd did not answer: ${message}`, { cause: failure });
  if (OUT_OF_SPACE.test(message)) {
    const remedy = 'compact and defragment it, then: etcdctl alarm disarm (or raise --quota-backend-bytes)';
    return new StoreUnavailableError(`etcd takes no more, its space is used up: ${remedy}`, {
      cause: failure,
    });
  }
  if (/request is too large|larger than max/.test(message)) {
    const remedy = "larger than etcd's --max-request-bytes";
    return new TransactionTooLargeError(`what is written at once is ${remedy}`, { cause: failure });
  }
  if (/too many operations/.test(message)) {
    const remedy =
      "what is done at once is more than etcd's --max-txn-ops allows, which must be at least 128";
    return new InvalidTransactionError(remedy, { cause: failure });
  }
  return failure;
}

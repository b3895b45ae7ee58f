import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Attributes, Decision, RequestInfo, UserInfo } from '../kube/index.ts';
import type { UpgradeOffer } from './upgrade/index.ts';

/**
 * One request's life after the doors have let it through: a plain object, filled once, never edited backwards.
 * Everything that a target needs to answer; nothing that it could use to forge another identity.
 */
export interface AuthorizedRequest {
  readonly request: IncomingMessage;
  /** The request's body; to be read from here, since auditing may look on. */
  readonly body: Readable;
  readonly response: ServerResponse;
  readonly auditId: string;
  /** The gateway's own headers of the answer, names and values alternating; see `Target.sendsOwnHeaders`. */
  readonly ownHeaders: readonly string[];
  /** The raw request target, byte for byte as the client sent it. */
  readonly target: string;
  readonly requestInfo: RequestInfo;
  readonly user: UserInfo;
  /** Who sent it: another than `user` where somebody acts as that user. Nothing is decided by it; it can be written down. */
  readonly caller: UserInfo;
  /** Present when the client asks for another protocol; the target then answers with a 101 on it, or plainly. */
  readonly upgrade: UpgradeOffer | undefined;
  /** Where what the request's audit event is to say beside can be noted; undefined when it leaves none. */
  readonly trail?: RequestNotes | undefined;
  /** Asks the authorizer a further question about this user. */
  authorize(attributes: Attributes): Decision;
}

/** Annotations of an audit event. A key that is there already keeps its value. */
export interface RequestNotes {
  /** @param least noted only in an event of this level or a higher one; in any when absent */
  annotate(key: string, value: string, least?: 'Request'): void;
}

/** A place that answers authorized requests: the embedded API, or a real one over HTTP. */
export interface Target {
  forward(authorized: AuthorizedRequest): void | Promise<void>;
  /** True: it sends `ownHeaders` itself, together with what it has of an answer. Else they are set before it is asked. */
  readonly sendsOwnHeaders?: true;
  /** Whether requests can be answered now; undefined = yes, else the reason. */
  notReady(): string | undefined;
  close(): Promise<void>;
}

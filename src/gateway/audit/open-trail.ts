import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { AuditBackend } from '../../audit-log/index.ts';
import {
  type Decision,
  internalError,
  type RequestInfo,
  type Status,
  type UserInfo,
} from '../../kube/index.ts';
import { isLongRunning } from '../long-running.ts';
import { AuditAnnotations } from './audit-annotations.ts';
import type { AuditLevel, AuditStage, AuditVerdict } from './audit-policy.ts';
import type { AuditTrail } from './audit-trail.ts';
import { BodyCapture } from './body-capture.ts';
import { followResponse } from './follow-response.ts';
import { type ObjectMetadata, objectRefJson } from './object-ref-json.ts';
import { type RecordedObject, recordedObject } from './recorded-object.ts';
import { responseStatusJson } from './response-status-json.ts';
import { userJson } from './user-json.ts';

/** What a trail needs of its auditor. */
export interface TrailContext {
  readonly backend: AuditBackend;
  readonly now: () => number;
  readonly microTime: (ms: number) => string;
  readonly log: { warn(fields: object, message: string): void };
  /** Bytes. An event with bodies that is larger loses them. */
  readonly maxEventBytes: number;
}

/** What is known of a request when its trail begins, as far as possible in the form of the event. */
export interface TrailStart {
  readonly verdict: AuditVerdict;
  readonly auditId: string;
  /** Up to the stage's name. */
  readonly head: string;
  /** From requestURI to user. */
  readonly identity: string;
  /** sourceIPs and userAgent. */
  readonly origin: string;
  readonly requestInfo: RequestInfo;
  /** undefined for a failed authentication, whose events are different. */
  readonly user: UserInfo | undefined;
  /** The session that the caller's token is of, in base64url. */
  readonly sid: string | undefined;
  /** What to say of a failed authentication that gets no answer. */
  readonly attempted: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

const CLOSED_EARLY: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  message: 'Connection closed early',
  reason: '',
  code: 200,
};

const panic = (what: string): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: `APIServer panic'd: ${what}`,
  reason: 'InternalError',
  code: 500,
});

/** Source of the stages: Kubernetes apiserver/pkg/endpoints/filters/audit.go and authn_audit.go. */
export class Trail implements AuditTrail {
  readonly level: AuditLevel;
  readonly longRunning: boolean;
  readonly requestBody: BodyCapture | undefined;
  readonly responseBody: BodyCapture | undefined;
  stored: Promise<void> | undefined;
  readonly #context: TrailContext;
  readonly #start: TrailStart;
  readonly #received: string;
  readonly #annotations: AuditAnnotations;
  /** As the target alone gives it. */
  readonly #objectRef: string;
  #impersonated = '';
  #status: Status | undefined;
  /** 0 until the answer has begun. */
  #code = 0;
  #startedTold = false;
  /** Something of it is stored, or will be. */
  #recorded = false;
  #ended = false;

  constructor(context: TrailContext, start: TrailStart) {
    this.#context = context;
    this.#start = start;
    this.#annotations = new AuditAnnotations(start.sid);
    this.#received = context.microTime(start.receivedAt);
    this.level = start.verdict.level;
    this.longRunning = isLongRunning(start.requestInfo);
    this.#objectRef = targetRefMember(start.requestInfo);
    const bodies = start.requestInfo.isResourceRequest && start.user !== undefined;
    const { level } = this;
    this.requestBody =
      bodies && (level === 'Request' || level === 'RequestResponse')
        ? new BodyCapture(context.maxEventBytes)
        : undefined;
    this.responseBody =
      bodies && level === 'RequestResponse' && !this.longRunning
        ? new BodyCapture(context.maxEventBytes)
        : undefined;
  }

  /** @throws StatusError 500 when the event cannot be stored and the request must be refused; see `stored` too */
  received(): void {
    const { backend } = this.#context;
    this.#recorded = !this.#start.verdict.omitStages.has('RequestReceived');
    const taken = !this.#recorded
      ? !backend.refusing()
      : backend.offer(this.#event('RequestReceived', this.#received));
    if (taken === true) return;
    if (taken === false) throw notStored();
    this.stored = taken.then((stored) => {
      this.stored = undefined;
      if (stored) return;
      // No event of a request that was not begun.
      this.#ended = true;
      throw notStored();
    });
  }

  impersonated(user: UserInfo, constraint?: string): void {
    const metadata =
      constraint === undefined
        ? ''
        : `,"authenticationMetadata":${JSON.stringify({ impersonationConstraint: constraint })}`;
    this.#impersonated = `,"impersonatedUser":${userJson(user)}${metadata}`;
  }

  decided(decision: Decision['decision'] | 'error', reason: string): void {
    this.#annotations.decided(decision, reason);
  }

  annotate(key: string, value: string, least?: 'Request'): void {
    if (least === 'Request' && this.level !== 'Request' && this.level !== 'RequestResponse') return;
    if (!this.#annotations.set(key, value)) {
      this.#context.log.warn({ auditId: this.#start.auditId, key }, 'audit annotation has a value already');
    }
  }

  respondsWith(status: Status): void {
    if (this.#code === 0) this.#status = status;
  }

  responseStarted(code: number, status?: Status): void {
    if (this.#ended || this.#code !== 0) return;
    if (status !== undefined) this.#status = status;
    this.#code = code;
    if (this.longRunning && this.#start.user !== undefined) this.#tellStarted();
  }

  complete(code?: number, status?: Status): void {
    if (this.#ended) return;
    if (status !== undefined && this.#code === 0) this.#status = status;
    if (this.#start.user === undefined) {
      this.#failedAuthentication(code);
      return;
    }
    if (this.#code === 0 && code !== undefined) this.#code = code;
    if (this.#code === 0) {
      this.#status ??= CLOSED_EARLY;
      this.#code = this.#status.code;
    }
    if (this.longRunning && !this.#startedTold) this.#tellStarted();
    this.#ended = true;
    this.#write('ResponseComplete');
  }

  panicked(what: string): void {
    if (this.#ended) return;
    this.#status = panic(what);
    this.#code = 500;
    this.#ended = true;
    this.#write(this.#start.user === undefined ? 'ResponseStarted' : 'Panic');
  }

  follow(response: ServerResponse | Http2ServerResponse): void {
    followResponse(this, response, this.#context.backend.durability === 'each');
  }

  #failedAuthentication(code: number | undefined): void {
    this.#ended = true;
    this.#code = this.#code || (code ?? 401);
    this.#write('ResponseStarted');
  }

  #tellStarted(): void {
    this.#startedTold = true;
    this.#write('ResponseStarted');
  }

  #write(stage: AuditStage): void {
    if (this.#start.verdict.omitStages.has(stage)) return;
    const { backend, microTime, now } = this.#context;
    // A failed authentication let nothing through, and must not cost a write of its own.
    const isFirst = !this.#recorded && this.#start.user !== undefined;
    this.#recorded = true;
    const line = this.#event(stage, microTime(now()));
    if (isFirst) this.stored = backend.writeFirst(line);
    else backend.write(line);
  }

  #event(stage: AuditStage, timestamp: string): string {
    if (this.requestBody === undefined) return this.#line(stage, timestamp, undefined, undefined);
    const tooLarge = this.requestBody.tooLarge || this.responseBody?.tooLarge === true;
    if (!tooLarge) {
      const line = this.#line(
        stage,
        timestamp,
        this.#object(this.requestBody),
        this.#object(this.responseBody),
      );
      if (Buffer.byteLength(line) <= this.#context.maxEventBytes) return line;
    }
    // Source: Kubernetes apiserver/plugin/pkg/audit/truncate.
    this.#annotations.set('audit.k8s.io/truncated', 'true');
    return this.#line(stage, timestamp, undefined, undefined);
  }

  #object(body: BodyCapture | undefined): RecordedObject | undefined {
    const text = body?.text();
    return text === undefined ? undefined : recordedObject(text, this.#start.verdict.omitManagedFields);
  }

  #line(
    stage: AuditStage,
    timestamp: string,
    requestObject: RecordedObject | undefined,
    responseObject: RecordedObject | undefined,
  ): string {
    const { head, identity, origin, requestInfo } = this.#start;
    const objectRef =
      requestObject === undefined ? this.#objectRef : objectRefMember(requestInfo, requestObject.metadata);
    return `${head}${stage}${identity}${this.#impersonated}${origin}${objectRef}${this.#statusMember()}${
      requestObject === undefined ? '' : `,"requestObject":${requestObject.json}`
    }${
      responseObject === undefined ? '' : `,"responseObject":${responseObject.json}`
    },"requestReceivedTimestamp":"${this.#received}","stageTimestamp":"${timestamp}"${this.#annotations.member()}}`;
  }

  #statusMember(): string {
    if (this.#code === 0) return '';
    if (this.#start.user === undefined && this.#status === undefined) {
      const message = JSON.stringify(this.#start.attempted);
      return `,"responseStatus":{"metadata":{},"message":${message},"code":${this.#code}}`;
    }
    return `,"responseStatus":${responseStatusJson(this.#code, this.#status)}`;
  }
}

function notStored(): Error {
  return internalError('failed to store audit event');
}

function objectRefMember(requestInfo: RequestInfo, metadata: ObjectMetadata | undefined): string {
  return requestInfo.isResourceRequest ? `,"objectRef":${objectRefJson(requestInfo, metadata)}` : '';
}

/** As the target alone gives it; requests with the same target share their requestInfo. */
const targetRefs = new WeakMap<RequestInfo, string>();

function targetRefMember(requestInfo: RequestInfo): string {
  const known = targetRefs.get(requestInfo);
  if (known !== undefined) return known;
  const member = objectRefMember(requestInfo, undefined);
  targetRefs.set(requestInfo, member);
  return member;
}

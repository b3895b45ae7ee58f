import type { IncomingHttpHeaders } from 'node:http';
import type { AuditBackend } from '../../audit-log/index.ts';
import type { RequestInfo, UserInfo } from '../../kube/index.ts';
import { attemptedMethods } from './attempted-methods.ts';
import { type AuditLevel, type AuditPolicy, auditLevels } from './audit-policy.ts';
import type { AuditTrail } from './audit-trail.ts';
import { headerText, jsonText } from './json-text.ts';
import { matchAuditLevel } from './match-audit-level.ts';
import { createMicroTime } from './micro-time.ts';
import { Trail, type TrailContext } from './open-trail.ts';
import { sourceIPs } from './source-ips.ts';
import { userJson } from './user-json.ts';

export interface AuditorDeps {
  readonly policy: AuditPolicy;
  readonly backend: AuditBackend;
  /** Milliseconds since 1970; a fraction gives the timestamps their microseconds. */
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
  /** Bytes of an event with bodies, beyond which they are left out. Kubernetes' truncating backend: 100 KiB. */
  readonly maxEventBytes?: number;
}

/** What is recorded of a request besides its RequestInfo; an IncomingMessage is one. */
export interface AuditedRequest {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

export interface AuditBeginning {
  readonly auditId: string;
  readonly request: AuditedRequest;
  readonly requestInfo: RequestInfo;
  /** Who was authenticated (not who is impersonated); undefined when authentication failed. */
  readonly user: UserInfo | undefined;
  /** The session that the caller's token is of, in base64url. */
  readonly sid?: string | undefined;
  /** When the request arrived, in milliseconds since 1970; now when absent. */
  readonly receivedAt?: number;
}

export interface Auditor {
  /**
   * Begins a request's trail, to be called after authentication and before impersonation. With a user it records
   * RequestReceived; a failed authentication has one event, when the trail is completed. Where the trail has `stored`, the
   * request waits for it.
   * @returns undefined when the policy does not record this request
   * @throws StatusError 500 when a strict backend cannot store the event; the request must end there
   */
  begin(beginning: AuditBeginning): AuditTrail | undefined;
}

const MAX_USER_AGENT = 1024;
const DEFAULT_MAX_EVENT_BYTES = 100 * 1024;
/** RFC 6750 §2.3: a token that a client puts into the target is a credential like the header. */
const TOKEN_IN_QUERY = /([?&]access_token=)[^&#]*/g;

const HEADS = new Map<AuditLevel, string>(
  auditLevels.map((level) => [
    level,
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"${level}","auditID":`,
  ]),
);

/** Records requests as kube-apiserver does. Headers with credentials and cookies are never looked at. */
export function createAuditor(deps: AuditorDeps): Auditor {
  const { policy, backend, now, log, maxEventBytes = DEFAULT_MAX_EVENT_BYTES } = deps;
  const context: TrailContext = { backend, now, log, microTime: createMicroTime(), maxEventBytes };
  return {
    begin({ auditId, request, requestInfo, user, sid, receivedAt = now() }) {
      const verdict = matchAuditLevel(policy, requestInfo, user);
      if (verdict.level === 'None') return undefined;
      const trail = new Trail(context, {
        verdict,
        auditId,
        head: `${HEADS.get(verdict.level)}${jsonText(auditId)},"stage":"`,
        identity: `","requestURI":${jsonText(withoutToken(request.url ?? ''))},"verb":${jsonText(requestInfo.verb)},"user":${user === undefined ? '{}' : userJson(user)}`,
        origin: originMembers(request),
        requestInfo,
        user,
        sid,
        attempted: user === undefined ? attemptedMethods(request.headers) : '',
        receivedAt,
      });
      if (user !== undefined) trail.received();
      return trail;
    },
  };
}

function withoutToken(target: string): string {
  return target.includes('access_token=') ? target.replace(TOKEN_IN_QUERY, '$1REDACTED') : target;
}

function originMembers({ headers, socket }: AuditedRequest): string {
  const agent = headers['user-agent'] ?? '';
  return sourceMember(headers, socket) + (agent === '' ? '' : `,"userAgent":${jsonText(userAgent(agent))}`);
}

/** Each of Node.js' characters here is one byte, as Kubernetes counts. */
function userAgent(value: string): string {
  return headerText(value.length > MAX_USER_AGENT ? `${value.slice(0, MAX_USER_AGENT)}...TRUNCATED` : value);
}

const sourceOf = new WeakMap<object, string>();

function sourceMember(headers: IncomingHttpHeaders, socket: AuditedRequest['socket']): string {
  const direct = headers['x-forwarded-for'] === undefined && headers['x-real-ip'] === undefined;
  const known = direct ? sourceOf.get(socket) : undefined;
  if (known !== undefined) return known;
  const addresses = sourceIPs(headers, socket.remoteAddress);
  const member = addresses.length === 0 ? '' : `,"sourceIPs":${JSON.stringify(addresses)}`;
  if (direct) sourceOf.set(socket, member);
  return member;
}

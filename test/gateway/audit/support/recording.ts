import type { AuditBackend } from '../../../../src/audit-log/index.ts';
import {
  type AuditBeginning,
  type Auditor,
  createAuditor,
  parseAuditPolicy,
} from '../../../../src/gateway/audit/index.ts';
import { resolveRequestInfo, type UserInfo } from '../../../../src/kube/index.ts';

export const jane: UserInfo = { username: 'jane', groups: ['developers', 'system:authenticated'] };

/** 2026-11-25T00:00:00Z */
export const NOON = Date.UTC(2026, 10, 25);

export interface RecordedEvent {
  readonly level: string;
  readonly auditID: string;
  readonly stage: string;
  readonly responseStatus?: Readonly<Record<string, unknown>>;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export interface RecordingOptions {
  readonly refuses?: boolean;
  readonly durability?: 'batch' | 'each';
  /** What the end of an answer waits for, whose event is the first of its request. */
  readonly storing?: Promise<void>;
}

/** A backend that remembers its lines. */
export function recordingBackend(options: RecordingOptions = {}) {
  const lines: string[] = [];
  const first: string[] = [];
  const backend: AuditBackend = {
    durability: options.durability ?? 'batch',
    refusing: () => options.refuses === true,
    offer(line) {
      if (options.refuses !== true) lines.push(line);
      return options.refuses !== true;
    },
    write: (line) => void lines.push(line),
    writeFirst(line) {
      lines.push(line);
      first.push((JSON.parse(line) as RecordedEvent).stage);
      return options.storing;
    },
    flush: () => {},
    close: () => {},
  };
  return { backend, lines, first, events: () => lines.map((line) => JSON.parse(line) as RecordedEvent) };
}

export function policyOf(...rules: object[]) {
  return parseAuditPolicy(JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }), 'p.json');
}

export interface Recording {
  readonly auditor: Auditor;
  readonly lines: string[];
  /** Stages of the later events that were said to be the first of their request. */
  readonly first: string[];
  events(): RecordedEvent[];
  readonly warnings: string[];
  begin(method: string, target: string, more?: Partial<AuditBeginning>): ReturnType<Auditor['begin']>;
}

export function recording(
  rules: object[] = [{ level: 'Metadata' }],
  options: RecordingOptions = {},
): Recording {
  const { backend, lines, first, events } = recordingBackend(options);
  const warnings: string[] = [];
  const auditor = createAuditor({
    policy: policyOf(...rules),
    backend,
    now: () => NOON + 1.5,
    log: { warn: (_fields, message) => void warnings.push(message) },
  });
  return {
    auditor,
    lines,
    first,
    events,
    warnings,
    begin: (method, target, more = {}) =>
      auditor.begin({
        auditId: 'a-1',
        request: { url: target, headers: {}, socket: { remoteAddress: '192.0.2.7' } },
        requestInfo: resolveRequestInfo(method, target),
        user: jane,
        receivedAt: NOON,
        ...more,
      }),
  };
}

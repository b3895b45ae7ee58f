import type { Readable } from 'node:stream';

/** Who gets the events. */
export interface AuditReceiver {
  /** Its URL, for the log. */
  readonly url: string;
  /**
   * Delivers a list of events.
   * @param body an EventList in JSON
   * @throws AuditReceiverError for a status that is not 2xx; else what the network says
   */
  post(body: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface AuditReceiverDeps {
  /** Path of a kubeconfig, as kube-apiserver's --audit-webhook-config-file takes it. */
  readonly configFile: string;
  /** Takes a receiver that can't prove who it is: insecure-skip-tls-verify, or http:// to another machine. */
  readonly allowInsecure: boolean;
  /** For credential plugins. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: { warn(fields: object, message: string): void };
}

/** The receiver does not take the events. Holds nothing of what it said: that is not ours to log. */
export class AuditReceiverError extends Error {
  override readonly name = 'AuditReceiverError';
  readonly code = 'SP_AUDIT_RECEIVER';
  readonly status: number;
  constructor(status: number) {
    super(`the receiver answered ${status}`);
    this.status = status;
  }
}

/** As long as kube-apiserver gives a webhook; it says so in the query. */
const TIMEOUT_MS = 30_000;
const LIMITS = { connections: 1, headersTimeoutMs: TIMEOUT_MS, bodyTimeoutMs: TIMEOUT_MS };
/** Of an answer that nobody reads. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * The way to a receiver that a kubeconfig describes: the server's URL is where events are posted to. Redirects are not
 * followed: they would carry events and credentials to somebody else.
 * @throws KubeconfigError for what is wrong in the kubeconfig; CredentialError when its plugin has no credential
 */
export async function openAuditReceiver({ configFile, ...deps }: AuditReceiverDeps): Promise<AuditReceiver> {
  // Most trails go to a log, and never need to find a server.
  const { createApiTransport, openApiAccess } = await import('../../kubeconfig/index.ts');
  const access = await openApiAccess({ ...deps, kubeconfig: configFile, atRisk: 'every event' });
  const transport = createApiTransport(access, LIMITS);
  const url = access.endpoint.server;
  const path = `${new URL(url).pathname === '/' ? '/' : ''}?timeout=${TIMEOUT_MS / 1000}s`;
  return {
    url,
    async post(body, signal) {
      const answer = await transport.request({
        method: 'POST',
        path,
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await discard(answer.body);
      if (answer.status < 200 || answer.status > 299) throw new AuditReceiverError(answer.status);
    },
    close: () => transport.close(),
  };
}

/** Reads the answer to its end, so that the connection can be used again; a long one is cut, and the connection with it. */
async function discard(body: Readable): Promise<void> {
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    if (length > MAX_ANSWER_BYTES) return;
  }
}

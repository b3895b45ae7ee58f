import { openApiAccess } from '../../kubeconfig/index.ts';
import type { UpstreamMetrics } from '../metrics/index.ts';
import { type ApiServerTarget, createApiServerTarget } from './api-server-target.ts';
import type { CredentialMode } from './outbound-identity.ts';

export interface KubeconfigTargetDeps {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  /** Its current context when undefined. */
  readonly context?: string | undefined;
  readonly mode: CredentialMode;
  /** See ApiServerTargetDeps. */
  readonly concurrency?: number | undefined;
  /** See ApiServerTargetDeps. */
  readonly stalledMs?: number | undefined;
  /** Takes a server that can't prove who it is: insecure-skip-tls-verify, or http:// to another machine. */
  readonly allowInsecure?: boolean;
  /** For credential plugins. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: { warn(fields: object, message: string): void };
  readonly metrics?: UpstreamMetrics | undefined;
}

/**
 * An API server that a kubeconfig describes: its CA, its name, its proxy, and the credentials of its user.
 * @throws KubeconfigError for what is wrong in the kubeconfig; CredentialError when its plugin has no credential
 */
export async function openKubeconfigTarget({
  mode,
  concurrency,
  stalledMs,
  metrics,
  ...deps
}: KubeconfigTargetDeps): Promise<ApiServerTarget> {
  return createApiServerTarget({
    access: await openApiAccess(deps),
    mode,
    concurrency,
    stalledMs,
    log: deps.log,
    metrics,
  });
}

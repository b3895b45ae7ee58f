import type { ApiAccess } from './api-transport.ts';
import { openCredentialSource } from './credential-source.ts';
import { endpointOf } from './endpoint.ts';
import type { ExecHost } from './exec-credential.ts';
import { readKubeconfigContext } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-errors.ts';

export interface ApiAccessDeps {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  /** Its current context when undefined. */
  readonly context?: string | undefined;
  /** Takes a server as it is, though it can't prove who it is (insecure-skip-tls-verify, http://). */
  readonly allowInsecure?: boolean;
  /** What somebody who poses as the server would get, for the refusal; every caller's rights when absent. */
  readonly atRisk?: string;
  readonly env: ExecHost['env'];
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: { warn(fields: object, message: string): void };
}

/** Nobody is there to sign in: a plugin that takes longer hangs. */
const PLUGIN_TIMEOUT_MS = 60_000;

/**
 * Lasting access to the server of a kubeconfig, for a server process: credentials are renewed as they age.
 * @throws KubeconfigError for what is wrong in the kubeconfig; CredentialError when its plugin has no credential
 */
export async function openApiAccess(deps: ApiAccessDeps): Promise<ApiAccess> {
  const { kubeconfig: file, env, now, log, atRisk = "every caller's rights" } = deps;
  const context = await readKubeconfigContext({ file, context: deps.context, env });
  const endpoint = await endpointOf(context);
  const { protocol, hostname } = new URL(endpoint.server);
  const inTheClear = protocol === 'http:' && !LOOPBACK.test(hostname);
  if ((inTheClear || !endpoint.tls.rejectUnauthorized) && deps.allowInsecure !== true) {
    const what = inTheClear ? 'a server URL without TLS' : 'insecure-skip-tls-verify';
    throw new KubeconfigError(
      `the cluster of the kubeconfig's context "${context.name}" has ${what}: whoever is in between would get ${atRisk}; give its certificate-authority`,
    );
  }
  const host: ExecHost = {
    env,
    // What a plugin says may be about a secret; that it failed is said in its error.
    stderr: { write: () => undefined },
    interactive: false,
    timeoutMs: PLUGIN_TIMEOUT_MS,
  };
  return { endpoint, credentials: await openCredentialSource({ context, host, now, log }) };
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

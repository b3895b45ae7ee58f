import { type Credentials, readCredentials } from './credentials.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import type { ExecHost } from './exec-credential.ts';
import { type KubeconfigContext, textField } from './kubeconfig.ts';

/** A server and one set of credentials for it, read once: for a command's few requests. Holds secrets. */
export interface Connection {
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  /** What to do when the server does not take the credentials. */
  readonly renewal: string;
}

/**
 * Resolves a context's cluster and user: reads the files that they name, runs the credential plugin.
 * @throws KubeconfigError for what is wrong in the kubeconfig; CredentialError when the plugin has no credential
 */
export async function connectionOf(context: KubeconfigContext, host: ExecHost): Promise<Connection> {
  return {
    endpoint: await endpointOf(context),
    credentials: await readCredentials(context, host),
    renewal: renewalOf(context),
  };
}

function renewalOf({ user, userName }: KubeconfigContext): string {
  const plugin = user.fields['exec'] as { command?: unknown } | null | undefined;
  const command = textField({ command: plugin?.command }, 'command') ?? '';
  return command.endsWith('kubectl-sallyport')
    ? 'sign in again: kubectl sallyport login'
    : `renew the credentials of the kubeconfig's user "${userName}"`;
}

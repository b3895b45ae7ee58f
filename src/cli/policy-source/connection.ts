import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../command.ts';
import { type ExecHost, runExecPlugin } from './exec-credential.ts';
import { type KubeconfigContext, type KubeconfigEntry, textField } from './kubeconfig.ts';

/** Everything that a request to the API server needs. Holds secrets: not for messages. */
export interface Connection {
  /** With the path below which the API is, without a slash at its end. */
  readonly server: string;
  readonly tls: {
    /** PEM; the system's authorities when absent. */
    readonly ca?: string;
    /** PEM of the client's certificate and its key. */
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized: boolean;
    readonly servername?: string;
  };
  readonly token: string | undefined;
  /** What to do when the server does not take the credentials. */
  readonly renewal: string;
}

interface Credentials {
  readonly token?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Resolves a context's cluster and user: reads the files that they name, runs the credential plugin.
 * @throws UsageError for what is wrong in the kubeconfig; CommandError when the plugin has no credential
 */
export async function connectionOf(context: KubeconfigContext, host: ExecHost): Promise<Connection> {
  const { cluster, user, name, userName } = context;
  const server = serverOf(cluster, name);
  const servername = textField(cluster.fields, 'tls-server-name');
  const ca = await pemOf(cluster, 'certificate-authority', name);
  const { token, cert, key } = await credentialsOf(context, host);
  const plugin = user.fields['exec'] as { command?: unknown } | undefined;
  return {
    server,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      rejectUnauthorized: cluster.fields['insecure-skip-tls-verify'] !== true,
      ...(servername === undefined ? {} : { servername }),
    },
    token,
    renewal: String(plugin?.command ?? '').endsWith('kubectl-sallyport')
      ? 'sign in again: kubectl sallyport login'
      : `renew the credentials of the kubeconfig's user "${userName}"`,
  };
}

function serverOf({ fields }: KubeconfigEntry, contextName: string): string {
  const text = textField(fields, 'server') ?? '';
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`the cluster of the kubeconfig's context "${contextName}" has no usable server URL`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

async function credentialsOf(context: KubeconfigContext, host: ExecHost): Promise<Credentials> {
  const { user, userName } = context;
  const { fields, directory } = user;
  for (const unserved of ['auth-provider', 'username', 'as']) {
    if (fields[unserved] !== undefined) {
      throw new UsageError(
        `the kubeconfig's user "${userName}" has ${unserved}, which is not served: use a token, a client certificate or exec`,
      );
    }
  }
  const own: Credentials = {
    token: await tokenOf(fields, directory, userName),
    cert: await pemOf(user, 'client-certificate', userName),
    key: await pemOf(user, 'client-key', userName),
  };
  if (fields['exec'] === undefined || fields['exec'] === null || own.token !== undefined) return own;
  const given = await runExecPlugin(context, host);
  return { token: given.token, cert: given.cert ?? own.cert, key: given.key ?? own.key };
}

/** tokenFile wins over token, as in client-go. */
async function tokenOf(
  fields: KubeconfigEntry['fields'],
  directory: string,
  userName: string,
): Promise<string | undefined> {
  const file = textField(fields, 'tokenFile');
  if (file === undefined) return textField(fields, 'token');
  return (await readNamed(resolve(directory, file), 'tokenFile', userName)).trim();
}

/** PEM text from `NAME-data` (base64), else from the file that `NAME` leads to. */
async function pemOf(
  { fields, directory }: KubeconfigEntry,
  name: string,
  owner: string,
): Promise<string | undefined> {
  const data = textField(fields, `${name}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const file = textField(fields, name);
  return file === undefined ? undefined : readNamed(resolve(directory, file), name, owner);
}

async function readNamed(file: string, what: string, owner: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot read ${what} of "${owner}" in the kubeconfig: ${file}: ${code}`);
  }
}

import { type ExecHost, runExecPlugin } from './exec-credential.ts';
import { type KubeconfigContext, textField } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-errors.ts';
import { pemOf, readNamed } from './named-file.ts';

/** Who a request is from. Secrets: not for messages. */
export interface Credentials {
  readonly token?: string | undefined;
  /** PEM of the client's certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Milliseconds since the epoch after which they are good for nothing; absent when nobody knows. */
  readonly expiresAt?: number;
}

const UNSERVED = ['auth-provider', 'username', 'as'];

/**
 * The credentials of the context's user, read now: files are read, the plugin is run.
 * @throws KubeconfigError for what is wrong in the kubeconfig; CredentialError when the plugin has no credential
 */
export async function readCredentials(context: KubeconfigContext, host: ExecHost): Promise<Credentials> {
  const { user, userName } = context;
  const unserved = UNSERVED.find((field) => user.fields[field] !== undefined);
  if (unserved !== undefined) {
    throw new KubeconfigError(
      `the kubeconfig's user "${userName}" has ${unserved}, which is not served: use a token, a client certificate or exec`,
    );
  }
  // tokenFile wins over token, as in client-go.
  const token = (await readNamed(user, 'tokenFile', userName))?.trim() ?? textField(user.fields, 'token');
  const cert = await pemOf(user, 'client-certificate', userName);
  const key = await pemOf(user, 'client-key', userName);
  if (!usesPlugin(context)) return { token, cert, key };
  const given = await runExecPlugin(context, host);
  return { ...given, cert: given.cert ?? cert, key: given.key ?? key };
}

/** Whether a plugin gives the credentials; a token beside it wins, as in client-go. */
export function usesPlugin({ user: { fields } }: KubeconfigContext): boolean {
  const hasToken = textField(fields, 'token') !== undefined || textField(fields, 'tokenFile') !== undefined;
  return fields['exec'] !== undefined && fields['exec'] !== null && !hasToken;
}

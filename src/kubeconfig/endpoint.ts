import { goTrimRight } from '../kube/index.ts';
import { type KubeconfigContext, type KubeconfigEntry, textField } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-errors.ts';
import { pemOf } from './named-file.ts';

/** Where an API server is, and by what it is recognised. Holds no secret but a proxy's password. */
export interface Endpoint {
  /** With the path below which the API is, without a slash at its end. */
  readonly server: string;
  readonly tls: {
    /** PEM; the system's authorities when absent. */
    readonly ca?: string;
    readonly rejectUnauthorized: boolean;
    readonly servername?: string;
  };
  /** HTTP proxy that leads to the server. */
  readonly proxy?: string;
}

/** @throws KubeconfigError when the context's cluster can't be used */
export async function endpointOf({ cluster, name }: KubeconfigContext): Promise<Endpoint> {
  const server = serverOf(cluster, name);
  const ca = await pemOf(cluster, 'certificate-authority', name);
  const servername = textField(cluster.fields, 'tls-server-name');
  const proxy = proxyOf(cluster, name);
  return {
    server,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: cluster.fields['insecure-skip-tls-verify'] !== true,
      ...(servername === undefined ? {} : { servername }),
    },
    ...(proxy === undefined ? {} : { proxy }),
  };
}

function serverOf({ fields }: KubeconfigEntry, contextName: string): string {
  const text = textField(fields, 'server') ?? '';
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new KubeconfigError(
      `the cluster of the kubeconfig's context "${contextName}" has no usable server URL`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new KubeconfigError(
      `the server URL in the cluster of the kubeconfig's context "${contextName}" has a user name or password, which is not served: use a token or a client certificate of the user`,
    );
  }
  return `${url.origin}${goTrimRight(url.pathname, '/')}`;
}

function proxyOf({ fields }: KubeconfigEntry, contextName: string): string | undefined {
  const text = textField(fields, 'proxy-url');
  if (text === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new KubeconfigError(
      `the cluster of the kubeconfig's context "${contextName}" has a proxy-url that is not served: use http:// or https://`,
    );
  }
  return text;
}

import { stringify } from 'yaml';

/** What a user's entry needs to log in. */
export interface ExecInput {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly extraScopes?: readonly string[];
  /** PEM text of the authority that signed the issuer's certificate, where the system does not know it. */
  readonly issuerCertificateAuthorityData?: string;
  /** The same as the path of a file. */
  readonly issuerCertificateAuthorityFile?: string;
  /** What kubectl runs: `kubectl-sallyport`, or its path where PATH does not lead to it. */
  readonly command: string;
}

export interface KubeconfigInput extends ExecInput {
  readonly clusterName: string;
  /** URL of the gateway. */
  readonly server: string;
  /** PEM text of the authority that signed the gateway's certificate. */
  readonly certificateAuthorityData?: string;
  readonly contextName: string;
  readonly namespace?: string;
  readonly userName: string;
}

/**
 * A kubeconfig file (YAML) without a secret: it says where to log in, and whoever uses it logs in as themselves. Fit
 * to be mailed, downloaded and checked in.
 */
export function renderKubeconfig(input: KubeconfigInput): string {
  const { clusterName, contextName, userName, namespace } = input;
  const authority = input.certificateAuthorityData;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: clusterName,
          cluster: {
            server: input.server,
            ...(authority === undefined ? {} : { 'certificate-authority-data': base64(authority) }),
          },
        },
      ],
      users: [{ name: userName, user: { exec: execConfig(input) } }],
      contexts: [
        {
          name: contextName,
          context: {
            cluster: clusterName,
            user: userName,
            ...(namespace === undefined ? {} : { namespace }),
          },
        },
      ],
      'current-context': contextName,
    },
    // kubectl reads YAML 1.1, where an unquoted `yes` or `1:30` is not a name.
    { lineWidth: 0, version: '1.1' },
  );
}

/** The `exec` of a user's entry (client-go tools/clientcmd/api/v1). */
export function execConfig(input: ExecInput): Readonly<Record<string, unknown>> {
  const { issuerCertificateAuthorityData: authority, issuerCertificateAuthorityFile: file } = input;
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: input.command,
    args: [
      'token',
      '--issuer',
      input.issuerUrl,
      '--client-id',
      input.clientId,
      ...(input.extraScopes ?? []).flatMap((scope) => ['--extra-scope', scope]),
      ...(authority === undefined ? [] : ['--certificate-authority-data', base64(authority)]),
      ...(file === undefined ? [] : ['--certificate-authority', file]),
    ],
    // Mandatory in v1. IfAvailable lets `kubectl apply -f -` run the plugin too, and tells it that nobody can log in.
    interactiveMode: 'IfAvailable',
    provideClusterInfo: false,
    installHint: `${input.command} is not installed: it comes with Sallyport (bin/kubectl-sallyport).\nPut it on your PATH, then run: kubectl sallyport login`,
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

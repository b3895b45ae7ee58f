import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import { isName } from '../kubeconfig/kubeconfig-files.ts';
import type { ContextEntry } from '../kubeconfig/read-context.ts';

/** The API server behind the proxy. */
export interface ProxyUpstream {
  /** Without a slash at its end. */
  readonly url: string;
  /** Trusts what the kubeconfig trusts for it, and keeps connections. */
  readonly agent: Agent;
}

/** What the context's cluster says of its server. Throws PluginError (usage) for what a proxy of ours must not or cannot do. */
export async function proxyUpstream({ cluster, clusterFields }: ContextEntry): Promise<ProxyUpstream> {
  const { server } = clusterFields;
  const url = isName(server) ? URL.parse(server) : null;
  if (url?.protocol !== 'https:') {
    throw new PluginError(
      exitCode.usage,
      `the cluster ${cluster} has no https server: a token must not go there`,
    );
  }
  for (const unsupported of ['insecure-skip-tls-verify', 'proxy-url']) {
    if (clusterFields[unsupported] === undefined || clusterFields[unsupported] === false) continue;
    throw new PluginError(
      exitCode.usage,
      `the cluster ${cluster} has ${unsupported}, which the proxy does not do`,
    );
  }
  const ca = await authorityOf(clusterFields);
  const servername = clusterFields['tls-server-name'];
  const agent = new Agent({
    keepAlive: true,
    ...(ca === undefined ? {} : { ca }),
    ...(isName(servername) ? { servername } : {}),
  });
  return { url: url.href.replace(/\/$/, ''), agent };
}

async function authorityOf(clusterFields: ContextEntry['clusterFields']): Promise<string | undefined> {
  const data = clusterFields['certificate-authority-data'];
  if (isName(data)) return Buffer.from(data, 'base64').toString('utf8');
  const file = clusterFields['certificate-authority'];
  if (!isName(file)) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PluginError(
      exitCode.usage,
      `cannot read the certificate authority ${file}: ${errorCode(error)}`,
    );
  }
}

import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ConnectView, clustersPage, connectPage, toText } from '../../../views/index.ts';
import type { OwnAccess } from '../../gateway/index.ts';
import { allowOwnScripts, seeOther, sendHtml } from '../../http/index.ts';
import type { PageHost, Visitor } from '../../identity/index.ts';
import { renderKubeconfig } from '../../plugin/index.ts';
import {
  type ConnectTarget,
  installCommands,
  kubeloginCommands,
  mergeCommands,
  pluginCommands,
  shellOf,
} from './setup-commands.ts';

export interface ConnectPageDeps {
  readonly host: PageHost;
  readonly issuer: string;
  /** The OAuth client whose tokens the clusters take. */
  readonly clientId: string;
  readonly clusters: readonly ConnectCluster[];
  /** Of the plugin's package. */
  readonly version: string;
  /** PEM of what clients have to trust for the servers, as it is now. */
  certificateAuthority(): string;
}

export interface ConnectCluster {
  /** What a kubeconfig calls it. */
  readonly name: string;
  readonly server: string;
  /** Who somebody is there. */
  readonly access: Pick<OwnAccess, 'userOf'>;
}

/**
 * `/connect`: how to reach each cluster with kubectl, and as whom. The kubeconfig holds no secret: whoever uses it signs in
 * as themselves.
 */
export function addConnectPage(deps: ConnectPageDeps): void {
  const { host, clusters } = deps;
  const home = `${host.base}/connect`;
  host.addSection('connect');

  function targetOf({ name, server }: ConnectCluster): ConnectTarget {
    const { issuer, clientId } = deps;
    return { name, server, issuer, clientId, certificateAuthority: deps.certificateAuthority() };
  }

  function viewOf(req: IncomingMessage, visitor: Visitor, cluster: ConnectCluster): ConnectView {
    const target = targetOf(cluster);
    const user = cluster.access.userOf(visitor.claims);
    return {
      name: cluster.name,
      server: cluster.server,
      fingerprint: fingerprint(target.certificateAuthority),
      user: typeof user === 'string' ? undefined : user,
      kubeconfigUrl: `${home}/${cluster.name}/kubeconfig`,
      allUrl: clusters.length > 1 ? home : undefined,
      install: {
        unix: installCommands(deps.version, 'unix'),
        powershell: installCommands(deps.version, 'powershell'),
        cmd: installCommands(deps.version, 'cmd'),
      },
      withPlugin: pluginCommands(target),
      likelyShell: shellOf(req.headers['user-agent']),
      merge: {
        unix: mergeCommands(target, 'unix'),
        powershell: mergeCommands(target, 'powershell'),
        cmd: mergeCommands(target, 'cmd'),
      },
      withKubelogin: kubeloginCommands(target),
    };
  }

  host.router.get('/connect', async (req, res) => {
    const visitor = await host.visitor(req, res);
    if (visitor === undefined) return seeOther(res, host.signInUrl('/connect'));
    const [only] = clusters;
    if (clusters.length === 1 && only !== undefined) return seeOther(res, `${home}/${only.name}`);
    const links = clusters.map(({ name, server }) => ({ name, server, url: `${home}/${name}` }));
    sendHtml(res, 200, toText(clustersPage(host.page(req), links)));
  });

  host.router.get('/connect/:name', async (req, res, next) => {
    const cluster = clusters.find(({ name }) => name === req.params.name);
    if (cluster === undefined) return next();
    const visitor = await host.visitor(req, res);
    if (visitor === undefined) return seeOther(res, host.signInUrl(`/connect/${cluster.name}`));
    allowOwnScripts(res);
    sendHtml(res, 200, toText(connectPage(host.page(req), viewOf(req, visitor, cluster))));
  });

  host.router.get('/connect/:name/kubeconfig', async (req, res, next) => {
    const cluster = clusters.find(({ name }) => name === req.params.name);
    if (cluster === undefined) return next();
    const visitor = await host.visitor(req, res);
    if (visitor === undefined) return seeOther(res, host.signInUrl(`/connect/${cluster.name}`));
    res.setHeader('Cache-Control', 'no-store');
    res.setHeader('Content-Disposition', `attachment; filename="${cluster.name}.kubeconfig"`);
    res.type('application/yaml').send(kubeconfig(targetOf(cluster)));
  });
}

function kubeconfig({ name, server, certificateAuthority, issuer, clientId }: ConnectTarget): string {
  return renderKubeconfig({
    clusterName: name,
    contextName: name,
    userName: name,
    server,
    certificateAuthorityData: certificateAuthority,
    issuerUrl: issuer,
    clientId,
    command: 'kubectl-sallyport',
  });
}

/** SHA-256, as `openssl x509 -fingerprint -sha256` writes it. */
function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

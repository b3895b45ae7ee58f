import type { PageHost } from '../identity/index.ts';

/** How a client reaches one cluster. */
export interface ClusterConnection {
  /** What a kubeconfig calls it. */
  readonly name: string;
  readonly server: string;
}

export interface ClustersDocumentDeps {
  readonly host: PageHost;
  readonly issuer: string;
  /** The OAuth client whose tokens the clusters take. */
  readonly clientId: string;
  /** The one to begin with first. */
  readonly clusters: readonly ClusterConnection[];
  /** PEM of what clients have to trust for the servers, as it is now. */
  certificateAuthority(): string;
}

/** Below the issuer. */
const CLUSTERS_DOCUMENT = '/.well-known/sallyport';

/**
 * `/.well-known/sallyport`: where a program that knows only the portal's address finds the issuer and the clusters, as
 * `kubectl sallyport login URL` does. Public, and says nothing that a connection to the gateway would not: no secret, no
 * account, nothing about rights.
 */
export function addClustersDocument(deps: ClustersDocumentDeps): void {
  deps.host.router.get(CLUSTERS_DOCUMENT, (_req, res) => {
    const authority = Buffer.from(deps.certificateAuthority()).toString('base64');
    res.set('Cache-Control', 'public, max-age=300').json({
      issuer: deps.issuer,
      client_id: deps.clientId,
      clusters: deps.clusters.map(({ name, server }) => ({
        name,
        server,
        certificate_authority_data: authority,
      })),
    });
  });
}

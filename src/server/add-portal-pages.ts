import { hostname } from 'node:os';
import { ALL_CLUSTERS, type Config } from '../config/index.ts';
import { type Identity, kubectlClientId } from '../identity/index.ts';
import {
  addAccessPage,
  addAdminPages,
  addClustersDocument,
  addConnectPage,
  addExplorerPages,
  addRequestsPage,
} from '../portal/index.ts';
import { version } from '../version.ts';
import { createAdminDesk } from './admin-desk.ts';
import type { OpenedGateway } from './open-gateway.ts';

/** Puts what there is to say about the clusters on the issuer's origin, for people and for programs. */
export function addPortalPages(config: Config, identity: Identity, gateway: OpenedGateway): void {
  const { pages: host } = identity;
  const { issuer } = config;
  const { addresses, access, certificateAuthority } = gateway;
  const clusters = addresses.filter(({ cluster }) => cluster !== ALL_CLUSTERS);
  const shared = { host, issuer, clientId: kubectlClientId, certificateAuthority };
  addAccessPage({ host, clusters: access });
  const served = { name: hostname(), since: Date.now() - Math.round(process.uptime() * 1000) };
  addExplorerPages({ host, clusters: access, process: served });
  const own = access.get(undefined);
  if (config.gateway?.adminApi && gateway.ownApi && own)
    addAdminPages({
      host,
      desk: createAdminDesk(gateway.ownApi, own),
      userOf: own.userOf,
      clusters: access,
      sources: identity.sources,
      events: identity.recentEvents,
      process: served,
    });
  addRequestsPage({
    host,
    clusters: new Map(
      [...gateway.accessRequests].flatMap(([name, asked]) => {
        const known = access.get(name);
        return known === undefined ? [] : [[name, { ...asked, userOf: known.userOf }] as const];
      }),
    ),
  });
  addClustersDocument({ ...shared, clusters });
  addConnectPage({
    ...shared,
    version,
    clusters: clusters.flatMap(({ cluster, name, server }) => {
      const known = access.get(cluster);
      return known === undefined ? [] : { name, server, access: known };
    }),
  });
}

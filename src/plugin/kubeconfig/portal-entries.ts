import type { Portal, PortalCluster } from '../portal.ts';
import type { EntryEdit, KubeconfigEdit } from './edit-kubeconfig.ts';
import { type ContextEntry, sameServer } from './read-context.ts';
import { type ExecInput, execConfig } from './render-kubeconfig.ts';

export interface PortalContext {
  readonly name: string;
  readonly cluster: PortalCluster;
}

/**
 * What each cluster of the portal is called in the kubeconfig: the name that its context has already, else the portal's name
 * for it, with the portal's host behind it where another cluster has that.
 */
export function portalContexts(portal: Portal, known: readonly ContextEntry[]): readonly PortalContext[] {
  const taken = new Map(
    known.flatMap((entry) => [entry.name, entry.cluster, entry.user].map((name) => [name, entry])),
  );
  const host = new URL(portal.issuer).host;
  return portal.clusters.map((cluster) => {
    const own = known.find((entry) => sameServer(entry, cluster.server) && isOurs(entry, portal));
    const name = own?.name ?? free(cluster.name, `${cluster.name}@${host}`, taken);
    return { name, cluster };
  });
}

function isOurs({ name, cluster, user, loginFlags }: ContextEntry, { issuer }: Portal): boolean {
  return name === cluster && name === user && loginFlags['issuer'] === issuer;
}

function free(first: string, second: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(first)) return first;
  for (let number = 1; ; number++) {
    const name = number === 1 ? second : `${second}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The entries of these contexts: cluster, user and context of one name each. */
export function portalEdit(
  contexts: readonly PortalContext[],
  exec: ExecInput,
  current: string | undefined,
): KubeconfigEdit {
  const user = { exec: execConfig(exec), token: undefined, 'auth-provider': undefined };
  return {
    entries: contexts.flatMap(({ name, cluster }): EntryEdit[] => [
      {
        list: 'clusters',
        name,
        members: {
          server: cluster.server,
          'certificate-authority-data': cluster.certificateAuthorityData,
        },
      },
      { list: 'users', name, members: user },
      { list: 'contexts', name, members: { cluster: name, user: name } },
    ]),
    ...(current === undefined ? {} : { currentContext: current }),
  };
}

import { exitCode, PluginError } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';
import { createSendRequest } from '../http-request.ts';
import type { PluginDeps } from '../invocation.ts';
import { type Portal, readPortal } from '../portal.ts';
import { type Target, targetOf } from '../target.ts';
import { oneLine } from '../terminal-text.ts';
import type { KubeconfigEdit } from './edit-kubeconfig.ts';
import { execInputFor, readAuthority } from './exec-input.ts';
import { type PortalContext, portalContexts, portalEdit } from './portal-entries.ts';
import { readContexts } from './read-context.ts';

/** A portal, and what a kubeconfig is to have for it. */
export interface UsedPortal {
  readonly portal: Portal;
  readonly target: Target;
  readonly contexts: readonly PortalContext[];
  /** The context to begin with. */
  readonly chosen: PortalContext;
  /** The current context as it was. */
  readonly before: string | undefined;
}

/** The words that --issuer and --server say without a portal, where both are given. */
export function namesCluster(flags: Flags): boolean {
  return textFlag(flags, 'issuer') !== undefined && textFlag(flags, 'server') !== undefined;
}

/**
 * Asks the portal at `url`, and names its clusters in the kubeconfig; undefined: the one cluster that --issuer and --server
 * name. Throws PluginError.
 */
export async function usePortal(
  url: string | undefined,
  flags: Flags,
  deps: PluginDeps,
): Promise<UsedPortal> {
  const { trust } = targetOf({ ...flags, issuer: 'https://portal.invalid' });
  const portal =
    url === undefined
      ? await portalOfFlags(flags)
      : await readPortal(url, createSendRequest(trust, deps.env), deps.signal);
  const { issuer, clientId } = portal;
  const target = targetOf({ ...flags, issuer, 'client-id': textFlag(flags, 'client-id') ?? clientId });
  const known = await readContexts(flags, deps);
  const contexts = portalContexts(portal, known.all);
  return {
    portal,
    target,
    contexts,
    chosen: chooseContext(contexts, textFlag(flags, 'cluster')),
    before: known.current,
  };
}

/** An issuer that is no portal of ours, and a cluster that takes its tokens. */
async function portalOfFlags(flags: Flags): Promise<Portal> {
  const { issuer, clientId } = targetOf(flags);
  const server = textFlag(flags, 'server') ?? '';
  const url = URL.parse(server);
  if (url?.protocol !== 'https:') {
    throw new PluginError(exitCode.usage, `--server must be an https URL, not "${oneLine(server)}"`);
  }
  const name = textFlag(flags, 'cluster') ?? url.hostname;
  const authority = await readAuthority(
    'server-certificate-authority',
    textFlag(flags, 'server-certificate-authority'),
  );
  const certificateAuthorityData = authority && Buffer.from(authority).toString('base64');
  return { issuer, clientId, clusters: [{ name, server, certificateAuthorityData }] };
}

/** By the portal's name for the cluster, the context's, or without the portal's prefix. */
function chooseContext(contexts: readonly PortalContext[], wanted: string | undefined): PortalContext {
  const found =
    wanted === undefined
      ? contexts[0]
      : contexts.find(({ name, cluster }) =>
          [name, cluster.name, cluster.name.replace(/^sallyport-/, '')].includes(wanted),
        );
  if (found !== undefined) return found;
  const names = contexts.map(({ cluster }) => cluster.name).join(', ');
  throw new PluginError(exitCode.notFound, `the portal has no cluster "${wanted}"; it has ${names}`);
}

export async function editFor(
  { target, contexts }: UsedPortal,
  current: string | undefined,
  flags: Flags,
  deps: Pick<PluginDeps, 'platform'>,
): Promise<KubeconfigEdit> {
  return portalEdit(contexts, await execInputFor(target, flags, deps), current);
}

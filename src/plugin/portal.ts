import { exitCode, PluginError } from './exit.ts';
import type { SendRequest } from './http-request.ts';
import { assertSafeUrl } from './target.ts';
import { oneLine } from './terminal-text.ts';

/** A cluster behind the gateway of a portal. */
export interface PortalCluster {
  readonly name: string;
  readonly server: string;
  /** Base64 of PEM text; undefined when the system's authorities count. */
  readonly certificateAuthorityData: string | undefined;
}

/** What a portal says of itself at /.well-known/sallyport. */
export interface Portal {
  readonly issuer: string;
  readonly clientId: string;
  /** The one to begin with first. */
  readonly clusters: readonly [PortalCluster, ...PortalCluster[]];
}

const path = '/.well-known/sallyport';

/**
 * Asks the portal at `url` (its pages are the issuer's) for issuer and clusters. Throws PluginError: unreachable, usage when
 * nothing of ours is there or the URL is not safe, failure when what it says must not be believed.
 */
export async function readPortal(url: string, send: SendRequest, signal: AbortSignal): Promise<Portal> {
  const address = assertSafeUrl(/^[a-z][a-z+.-]*:\/\//i.test(url) ? url : `https://${url}`, 'the portal');
  const base = `${address.origin}${address.pathname.replace(/\/$/, '')}`;
  const { status, body } = await send(new URL(`${base}${path}`), { signal });
  const document = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  if (status !== 200 || document === undefined) {
    throw new PluginError(
      status >= 500 ? exitCode.unreachable : exitCode.usage,
      `${base}${path} answered ${status}: is it the address of a Sallyport, with its path?`,
    );
  }
  return { ...readIdentity(document, address), clusters: readClusters(document['clusters'], base) };
}

function readIdentity(
  document: Readonly<Record<string, unknown>>,
  address: URL,
): Pick<Portal, 'issuer' | 'clientId'> {
  const { issuer, client_id: clientId } = document;
  // A portal that sends its people elsewhere to sign in is not the one that they know.
  if (typeof issuer !== 'string' || assertSafeUrl(issuer, 'the issuer').origin !== address.origin) {
    const named = typeof issuer === 'string' ? oneLine(issuer) : 'none';
    throw new PluginError(
      exitCode.failure,
      `refusing the portal ${address.origin}: its issuer "${named}" is elsewhere; if that is right, use --issuer`,
    );
  }
  if (typeof clientId !== 'string' || !/^[!-~]{1,200}$/.test(clientId)) throw damaged(address.origin);
  return { issuer, clientId };
}

function readClusters(value: unknown, base: string): [PortalCluster, ...PortalCluster[]] {
  const [first, ...rest] = Array.isArray(value) ? value.map((entry) => readCluster(entry, base)) : [];
  if (first === undefined) throw new PluginError(exitCode.failure, `${base} has no clusters`);
  return [first, ...rest];
}

function readCluster(value: unknown, base: string): PortalCluster {
  const { name, server, certificate_authority_data: authority } = (value ?? {}) as Record<string, unknown>;
  const url = typeof server === 'string' ? URL.parse(server) : null;
  // Tokens go there: never in the clear.
  if (typeof name !== 'string' || !/^[\w.-]{1,200}$/.test(name) || url?.protocol !== 'https:')
    throw damaged(base);
  if (authority !== undefined && (typeof authority !== 'string' || !/^[\w+/=]+$/.test(authority)))
    throw damaged(base);
  return { name, server: String(server), certificateAuthorityData: authority };
}

function damaged(base: string): PluginError {
  return new PluginError(
    exitCode.failure,
    `refusing what ${base}${path} says: it is not of the form that is known here`,
  );
}

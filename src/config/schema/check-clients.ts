import { isDexOwnRedirect, redirectUriProblem } from '../../redirect-uri.ts';
import type { Refuse } from './values.ts';

interface Redirecting {
  readonly redirectURIs: readonly string[];
  readonly postLogoutRedirectURIs: readonly string[];
}

interface Registered {
  readonly issuer: string;
  readonly staticClients: readonly (Redirecting & { readonly id?: string | undefined })[];
}

/** Says what clients are to each other and to the issuer: identity looks again, at those that the environment names, too. */
export function checkClients({ issuer, staticClients }: Registered, refuse: Refuse): void {
  const seen = new Set<string>();
  for (const [index, client] of staticClients.entries()) {
    const at = ['staticClients', index];
    checkId(client.id, seen, (message) => refuse([...at, 'id'], message));
    checkRedirects(client, (path, message) => refuse([...at, ...path], message), issuer);
  }
}

/** @param issuer whose addresses Dex has its own pages at; undefined: those are like all others */
export function checkRedirects(client: Redirecting, refuse: Refuse, issuer?: string): void {
  for (const key of ['redirectURIs', 'postLogoutRedirectURIs'] as const) {
    for (const [place, uri] of client[key].entries()) {
      const isDexOwn = issuer !== undefined && isDexOwnRedirect(uri, issuer);
      const problem = isDexOwn ? undefined : redirectUriProblem(uri);
      if (problem !== undefined) refuse([key, place], `${uri} ${problem}`);
    }
  }
}

function checkId(id: string | undefined, seen: Set<string>, refuse: (message: string) => void): void {
  if (id === undefined) return;
  if (id === 'sallyport-pages')
    refuse(`${id} is what the pages of this server are called: choose another id`);
  if (seen.has(id)) refuse(`another client has the id ${id}: choose another one, or remove one of them`);
  seen.add(id);
}

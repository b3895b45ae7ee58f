import { createHash, randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { seeOther } from '../../http/index.ts';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { failures, sendFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';

/** The product's own pages, as a client of the provider: they send people to sign in, like any application. */
export const ownPagesClientId = 'sallyport-pages';

/** Its codes are never redeemed: what it wants of a sign-in is the browser's session. So nobody knows its secret. */
export function ownPagesClient(issuer: string): ClientMetadata {
  return {
    client_id: ownPagesClientId,
    client_name: 'Sallyport',
    client_secret: randomBytes(32).toString('base64url'),
    token_endpoint_auth_method: 'client_secret_basic',
    application_type: 'web',
    redirect_uris: [`${issuer}/signed-in`],
    post_logout_redirect_uris: [],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    loopback_redirects: false,
    first_party: true,
    session_bound: false,
    trusted_peers: [],
    own_groups: [],
    introspects: false,
  };
}

/** What an address says of the languages that its page is wanted in, most wanted first (`ui_locales`, OpenID Connect Core §3.1.2.1). */
export function localesOf(address = ''): string | undefined {
  const query = address.indexOf('?');
  return query < 0 ? undefined : (new URLSearchParams(address.slice(query)).get('ui_locales') ?? undefined);
}

/** One of the pages, in the languages that the request wants. */
export function inLocalesOf(req: { readonly url?: string | undefined }, path: string): string {
  const locales = localesOf(req.url);
  return locales === undefined ? path : `${path}?${new URLSearchParams({ ui_locales: locales })}`;
}

/**
 * Where somebody signs in and comes back to one of the pages.
 * @param to the page's path and query, below the issuer's own path; the sign-in is in the languages of that page
 * @param more parameters of the authorization request
 */
export function ownPageSignIn(
  issuer: string,
  to: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(`${issuer}/auth`);
  const locales = localesOf(to);
  url.search = new URLSearchParams({
    client_id: ownPagesClientId,
    redirect_uri: `${issuer}/signed-in`,
    response_type: 'code',
    scope: 'openid',
    state: to,
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
    ...(locales === undefined ? {} : { ui_locales: locales }),
    ...more,
  }).toString();
  return url.pathname + url.search;
}

/**
 * A path of ours and nothing that a browser would read as another host's. Whoever sends a browser to `/signed-in` may
 * choose the page, as any link may: nothing happens on one that is only looked at.
 */
const OWN_PATH = /^\/(?!\/)[!-[\]-~]*$/;

/** By which a browser climbs up: out of the issuer's own path, to what else is served on this origin. */
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;

/** Whether it is a path on this origin, as it stands, and can be nothing else to any browser. */
export function isOwnPath(path: string): boolean {
  const [segments = ''] = path.split(/[?#]/);
  return OWN_PATH.test(path) && !segments.split('/').some((segment) => DOT_SEGMENT.test(segment));
}

/** The end of such a sign-in: on to the page, without the code in its address. */
export function createSignedIn(context: PageContext): RequestHandler {
  return (req, res) => {
    if (req.query['error'] !== undefined) {
      return sendFailure(context, req, res, {
        ...failures.forbidden,
        title: 'errorTitle',
        text: 'errorAccessDenied',
      });
    }
    const to = req.query['state'];
    seeOther(res, context.base + (typeof to === 'string' && isOwnPath(to) ? to : '/'));
  };
}

import type { KoaContextWithOIDC } from 'oidc-provider';

/** What to use instead of a grant type that is not served. */
const instead: Readonly<Record<string, string>> = {
  password:
    'the password grant is not served: use authorization_code with PKCE, or a device code where there is no browser',
  implicit: 'the implicit grant is not served: use authorization_code with PKCE',
  'urn:ietf:params:oauth:grant-type:jwt-bearer':
    'use token exchange (RFC 8693) for tokens that were issued here',
};

/** Puts the protocol's own name, and a remedy, on errors that the provider words too broadly. */
export function nameError(ctx: KoaContextWithOIDC): void {
  const answer: unknown = ctx.body;
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return;
  const description = 'error_description' in answer ? String(answer.error_description) : '';
  // RFC 6749 §5.2: the provider calls the request invalid.
  if (/grant[- ]type\S* is not allowed for this client$/.test(description))
    ctx.body = { ...answer, error: 'unauthorized_client' };
  const wanted = String(ctx.oidc.params?.['grant_type'] ?? '');
  if (answer.error === 'unsupported_grant_type' && Object.hasOwn(instead, wanted))
    ctx.body = { ...answer, error_description: instead[wanted] };
}

/** The same for an error that goes to the client by way of the browser (RFC 6749 §4.1.2.1). */
export function nameRedirectedError(ctx: KoaContextWithOIDC): void {
  const url = URL.parse(ctx.response.get('location'));
  const description = url?.searchParams.get('error_description') ?? '';
  if (url === null || !description.endsWith('response_type is not allowed for this client')) return;
  url.searchParams.set('error', 'unauthorized_client');
  ctx.set('Location', url.href);
}

/** RFC 7662 §2.1: only who proves to be somebody is told. A client without a secret proves nothing. */
export function refuseToIntrospect(ctx: KoaContextWithOIDC): void {
  if (ctx.oidc.client?.clientAuthMethod !== 'none') return;
  ctx.status = 401;
  ctx.body = { error: 'invalid_client', error_description: 'a client without a secret cannot introspect' };
}

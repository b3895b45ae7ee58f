import type { IncomingMessage } from 'node:http';
import type { JWK } from 'jose';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { audienceOf } from '../claims/audiences.ts';
import { deviceCodeGrant } from '../device/device-code-grant.ts';
import { pollInterval } from '../device/poll-limit.ts';
import { publishedKeys, signedOutUrl } from './internals.ts';
import { nameError, nameRedirectedError, refuseToIntrospect } from './named-errors.ts';

export interface AnswerHooks {
  /** Those that are served now. */
  grantTypes(): readonly string[];
  /** Where clients register themselves now; undefined: nowhere. */
  registrationUrl(): string | undefined;
  /** Where a form's answer should go instead of straight to another origin. */
  leave(req: IncomingMessage, url: string): string;
  introspect(ctx: KoaContextWithOIDC): Promise<void>;
}

/** Corrects answers before they are sent. */
export function correctAnswers(provider: Provider, hooks: AnswerHooks): void {
  const { leave, introspect } = hooks;
  const { origin } = new URL(provider.issuer);
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    const allowedOrigin = ctx.res.getHeader('access-control-allow-origin');
    await next();
    // The provider lets every origin read some endpoints; who may is decided in front of it.
    for (const header of ctx.res.getHeaderNames()) {
      if (header.startsWith('access-control-')) ctx.remove(header);
    }
    if (typeof allowedOrigin === 'string') ctx.set('Access-Control-Allow-Origin', allowedOrigin);
    const route = ctx.oidc?.route;
    if (route === 'discovery') keepToSupported(ctx, publishedKeys(provider), hooks);
    if (route === 'device_authorization' && ctx.status === 200) tellInterval(ctx);
    if (route === 'introspection') await introspect(ctx);
    if (ctx.status === 400) nameError(ctx);
    if (route === 'authorization' && ctx.status === 303) nameRedirectedError(ctx);
    if (route === 'introspection') refuseToIntrospect(ctx);
    // Nobody is signed in: the provider would answer with a page that a script submits.
    if (route === 'end_session' && ctx.status === 200 && ctx.oidc.session?.accountId === undefined) {
      ctx.body = null;
      ctx.status = 303;
      ctx.redirect(signedOutUrl(ctx));
    }
    if (route === 'end_session_confirm' && ctx.status === 303) {
      const target = new URL(ctx.response.get('location'));
      if (target.origin !== origin) ctx.redirect(leave(ctx.req, target.href));
    }
  });
}

function keepToSupported(
  ctx: KoaContextWithOIDC,
  keys: readonly JWK[],
  hooks: Pick<AnswerHooks, 'grantTypes' | 'registrationUrl'>,
): void {
  const document: unknown = ctx.body;
  if (typeof document === 'object' && document !== null) {
    const algorithms = [...new Set(keys.map(({ alg }) => alg))];
    const grantTypes = hooks.grantTypes();
    const scopes: unknown = 'scopes_supported' in document ? document.scopes_supported : undefined;
    ctx.body = {
      ...document,
      response_modes_supported: ['query'],
      grant_types_supported: grantTypes,
      registration_endpoint: hooks.registrationUrl(),
      ...(grantTypes.includes(deviceCodeGrant) ? {} : { device_authorization_endpoint: undefined }),
      id_token_signing_alg_values_supported: algorithms,
      // One for each client is nobody's business.
      ...(Array.isArray(scopes)
        ? { scopes_supported: scopes.filter((scope) => audienceOf(String(scope)) === undefined) }
        : {}),
    };
  }
}

/** RFC 8628 §3.2: the provider leaves it out, and clients that want it stop there. */
function tellInterval(ctx: KoaContextWithOIDC): void {
  const answer: unknown = ctx.body;
  if (typeof answer === 'object' && answer !== null) ctx.body = { ...answer, interval: pollInterval };
}

import type { KoaContextWithOIDC } from 'oidc-provider';
import { loggedOutPage, logoutPage, toText } from '../../../views/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { ProviderPages } from '../provider/configuration.ts';
import { logoutForm } from '../provider/internals.ts';
import { failureText, providerFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';

function show(ctx: KoaContextWithOIDC, page: string): void {
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  ctx.vary('Accept-Language, Cookie');
  ctx.body = page;
}

/** A sign-out that was confirmed or asked for in another tab since: what is to be said now, its own page knows. */
function isStaleLogout({ method, oidc }: KoaContextWithOIDC, out: { readonly error: string }): boolean {
  return method === 'POST' && oidc?.route === 'end_session_confirm' && out.error === 'invalid_request';
}

/** The pages that the provider asks for by itself. */
export function createProviderPages(context: PageContext, accounts: Accounts): ProviderPages {
  // What an application has asked of a sign-out is in its address, and would be lost with it.
  const pageOf = (ctx: KoaContextWithOIDC) =>
    context.page(ctx.req, ctx.querystring === '' ? {} : { at: undefined });
  return {
    error(ctx, out, error) {
      if (isStaleLogout(ctx, out)) {
        ctx.status = 303;
        ctx.set({ Location: `${context.issuer}/logout`, 'Cache-Control': 'no-store' });
        ctx.body = '';
        return;
      }
      const failure = providerFailure(ctx.status, out, error);
      ctx.status = failure.status;
      show(ctx, failureText(context, ctx.req, failure));
    },
    async logout(ctx) {
      const { action, xsrf, accountId } = logoutForm(ctx);
      const account = await accounts.byId(accountId ?? '');
      show(ctx, toText(logoutPage(pageOf(ctx), { accountName: account?.name ?? '', action, xsrf })));
    },
    loggedOut(ctx) {
      show(ctx, toText(loggedOutPage(pageOf(ctx))));
    },
  };
}

import type { RequestHandler } from 'express';
import type Provider from 'oidc-provider';
import { homePage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { signedIn } from '../provider/signed-in.ts';
import type { PageContext } from './page-context.ts';

/** The front page: who is signed in here, or how to. */
export function createAccountHome(
  provider: Provider,
  context: PageContext,
  accounts: Accounts,
): RequestHandler {
  return async (req, res) => {
    const session = await signedIn(provider, req, res);
    const account = await accounts.byId(session?.accountId ?? '');
    const view =
      session === undefined || account === undefined
        ? undefined
        : {
            name: account.name,
            email: account.email,
            groups: account.groups,
            since: new Date(session.since * 1000),
            ...(account.preferredUsername === undefined ? {} : { username: account.preferredUsername }),
          };
    const { issuer, base } = context;
    sendHtml(
      res,
      200,
      toText(
        homePage(context.page(req), {
          account: view,
          issuer,
          logoutUrl: `${base}/logout`,
          accountUrl: `${base}/account`,
        }),
      ),
    );
  };
}

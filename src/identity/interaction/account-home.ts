import type { Request, RequestHandler, Response } from 'express';
import type Provider from 'oidc-provider';
import { type HomeView, homePage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { LocalUsers } from '../accounts/open-accounts.ts';
import { signedIn } from '../provider/signed-in.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { inLocalesOf, ownPageSignIn } from './own-pages.ts';
import type { PageContext } from './page-context.ts';
import type { PageHost } from './page-host.ts';

export interface AccountHomeDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly accounts: Accounts;
  readonly users: Pick<LocalUsers, 'get'>;
  readonly sessions: Pick<Sessions, 'list'>;
  /** Says to which parts of the portal the person may go. */
  readonly host: Pick<PageHost, 'visitor'>;
}

/** The front page: who is signed in here, or how to. */
export function createAccountHome(deps: AccountHomeDeps): RequestHandler {
  const { provider, context, accounts, users, sessions } = deps;
  const { issuer } = context;

  async function lookAt(req: Request, res: Response): Promise<HomeView['account']> {
    const session = await signedIn(provider, req, res);
    const account = await accounts.byId(session?.accountId ?? '');
    if (session === undefined || account === undefined) return undefined;
    const { name, email, groups, preferredUsername, upstream } = account;
    const [source, places] = await Promise.all([
      upstream ?? users.get(account.id).then((user) => user.source),
      sessions.list(account.id),
    ]);
    return {
      name,
      email,
      groups,
      source,
      since: session.since * 1000,
      until: places.find(({ id }) => id === session.sessionId)?.expiresAt,
      places: Math.max(places.length, 1),
      ...(preferredUsername === undefined ? {} : { username: preferredUsername }),
    };
  }

  return async (req, res) => {
    const [account] = await Promise.all([lookAt(req, res), deps.host.visitor(req, res)]);
    const view = { account, issuer, signInUrl: ownPageSignIn(issuer, inLocalesOf(req, '/')) };
    sendHtml(res, 200, toText(homePage(context.page(req), view)));
  };
}

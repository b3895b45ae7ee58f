import { type Request, type Response, Router } from 'express';
import { seeOther } from '../../http/index.ts';
import { field } from '../interaction/forms.ts';
import { readNewPassword, sendNewPasswordForm, trySetting } from '../interaction/new-password.ts';
import { backWith, takeNotice } from '../interaction/page-notice.ts';
import { passwordSaved, savedPath } from '../interaction/reset.ts';
import type { AccountPageDeps } from './account-page.ts';
import type { Visit, Visits } from './account-visit.ts';

/** A new password for a user of the store, by the current one. It ends every session, so that whoever else had it is out. */
export function createAccountPassword(deps: AccountPageDeps, visits: Visits, home: string): Router {
  const { context, forms, users } = deps;
  const action = `${home}/password`;
  const router = Router({ caseSensitive: true });

  /** undefined: the answer is given. The configuration's accounts get their passwords there. */
  async function visitOfUser(req: Request, res: Response): Promise<Visit | undefined> {
    const visit = await visits.look(req, res, '/account/password');
    if (visit === undefined) return undefined;
    const { id, upstream } = visit.account;
    if (upstream === undefined && (await users.get(id)).source === 'stored') return visit;
    seeOther(res, home);
    return undefined;
  }

  router.get('/password', async (req, res) => {
    const visit = await visitOfUser(req, res);
    if (visit === undefined) return;
    const page = context.page(req, { at: action });
    const notice = takeNotice(req, action);
    const view = {
      proof: 'password',
      intro: page.locale.t.accountPasswordText,
      action,
      csrf: forms.token(req),
      username: visit.account.preferredUsername ?? visit.account.email,
      minLength: deps.minLength,
    } as const;
    sendNewPasswordForm(res, page, view, notice);
  });
  router.post('/password', ...forms.submittedFrom(action), async (req, res) => {
    const visit = await visitOfUser(req, res);
    if (visit === undefined) return;
    const next = readNewPassword(req);
    if (typeof next !== 'string') return backWith(req, res, action, next);
    const change = { current: field(req, 'password') ?? '', next };
    const refusal = await trySetting('password', () =>
      users.changePassword(visit.account.id, change, visit.by, { endOthers: true }),
    );
    if (refusal !== undefined) return backWith(req, res, action, refusal);
    backWith(req, res, savedPath(context), passwordSaved);
  });
  return router;
}

import { Router } from 'express';
import { passwordSavedPage, toText } from '../../../views/index.ts';
import { type ClientAddressRequest, seeOther, sendHtml } from '../../http/index.ts';
import type { UserPasswords } from '../accounts/users/user-passwords.ts';
import { type Forms, field } from './forms.ts';
import { readNewPassword, sendNewPasswordForm, trySetting } from './new-password.ts';
import type { PageContext } from './page-context.ts';
import { backWith, takeNotice } from './page-notice.ts';
import { requestId } from './request-id.ts';

export interface ResetDeps {
  readonly context: PageContext;
  readonly forms: Forms;
  readonly users: Pick<UserPasswords, 'redeemReset'>;
  /** Of a new password. */
  readonly minLength: number;
  clientAddress(req: ClientAddressRequest): string;
}

/** The page that says that a new password is kept, whichever form it came from. */
export function savedPath({ base }: Pick<PageContext, 'base'>): string {
  return `${base}/reset/saved`;
}

export const passwordSaved = { isProblem: false, text: 'passwordSavedTitle' } as const;

/**
 * The page on which a person who was given a reset chooses a new password. The code is typed or pasted into a field: in
 * an address it would stay behind in histories and logs.
 */
export function createReset(deps: ResetDeps): Router {
  const { context, forms, users } = deps;
  const router = Router();

  const action = `${context.base}/reset`;

  router.get('/', (req, res) => {
    const notice = takeNotice(req, action);
    const view = { proof: 'code', action, csrf: forms.token(req), minLength: deps.minLength } as const;
    sendNewPasswordForm(res, context.page(req, { at: action }), view, notice);
  });

  router.post('/', ...forms.submittedFrom(action), async (req, res) => {
    const next = readNewPassword(req);
    if (typeof next !== 'string') return backWith(req, res, action, next);
    const by = { name: undefined, address: deps.clientAddress(req), requestId: requestId(req) };
    const code = (field(req, 'code') ?? '').trim();
    const refusal = await trySetting('code', () => users.redeemReset(code, next, by));
    if (refusal !== undefined) return backWith(req, res, action, refusal);
    backWith(req, res, savedPath(context), passwordSaved);
  });

  // Said once, and by nobody's link: who loads it again is asked to sign in.
  router.get('/saved', (req, res) => {
    if (takeNotice(req, savedPath(context)) === undefined) seeOther(res, `${context.base}/account`);
    else sendHtml(res, 200, toText(passwordSavedPage(context.page(req, { at: undefined }))));
  });

  return router;
}

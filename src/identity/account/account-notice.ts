import type { Request, Response } from 'express';
import type { Messages } from '../../../views/index.ts';
import { seeOther } from '../../http/index.ts';

declare module 'express-session' {
  interface SessionData {
    /** What has just been done on the account's page, or why not; to be said once. */
    accountNotice: { readonly text: string; readonly isProblem: boolean };
  }
}

/** Back to the account's page, which says so. */
export function backWith(
  req: Request,
  res: Response,
  home: string,
  notice: { readonly text: string; readonly isProblem: boolean },
): void {
  req.session.accountNotice = notice;
  seeOther(res, home);
}

export type Done = Extract<
  keyof Messages,
  'accountSaved' | 'accountRemoved' | 'accountEnded' | 'accountRevoked'
>;

export function takeNotice(req: Request): Request['session']['accountNotice'] {
  const { accountNotice } = req.session;
  delete req.session.accountNotice;
  return accountNotice;
}

import type { Request, Response } from 'express';
import {
  type Messages,
  type NewPasswordView,
  newPasswordPage,
  type Page,
  type PasswordProof,
  toText,
} from '../../../views/index.ts';
import { allowOwnScripts, sendHtml } from '../../http/index.ts';
import { AccountError } from '../accounts/account-error.ts';
import { longestPassword, type PasswordRule } from '../accounts/passwords/password-policy.ts';
import { field } from './forms.ts';
import { noticeStatus, type PageNotice, problemOf } from './page-notice.ts';

const rules: Readonly<Record<PasswordRule, keyof Messages>> = {
  tooShort: 'passwordTooShort',
  tooLong: 'passwordTooLong',
  known: 'passwordKnown',
  personal: 'passwordPersonal',
  same: 'passwordSame',
};

/** What the form for a new password asks twice; a refusal when the two differ or nothing can be made of them. */
export function readNewPassword(req: Request): string | PageNotice {
  const password = field(req, 'new-password') ?? '';
  const refusal = { field: 'new-password', isProblem: true } as const;
  if (password === '') return { ...refusal, text: 'missingPassword' };
  if (Buffer.byteLength(password) > longestPassword) return { ...refusal, text: 'passwordTooLong' };
  return password === field(req, 'again') ? password : { ...refusal, text: 'passwordsDiffer' };
}

/**
 * Sets the new password.
 * @param proof what had to be right besides
 * @returns why it was not set, when that is something the person can do about
 */
export async function trySetting(
  proof: PasswordProof,
  set: () => Promise<unknown>,
): Promise<PageNotice | undefined> {
  try {
    await set();
    return undefined;
  } catch (error) {
    if (error instanceof AccountError) return refusalOf(error, proof);
    throw error;
  }
}

function refusalOf({ fault, rule, wait = 1000 }: AccountError, proof: PasswordProof): PageNotice {
  if (rule !== undefined) return { text: rules[rule], field: 'new-password', isProblem: true };
  if (fault === 'throttled' || fault === 'busy') {
    const retryAfter = Math.ceil(wait / 1000);
    return { text: 'tooManyAttempts', field: proof, isProblem: true, retryAfter };
  }
  return { text: proof === 'code' ? 'resetInvalid' : 'wrongCurrentPassword', field: proof, isProblem: true };
}

/** Sends the form, with what was wrong about the one before. */
export function sendNewPasswordForm(
  res: Response,
  page: Page,
  view: Omit<NewPasswordView, 'error'>,
  notice: PageNotice | undefined,
): void {
  const error = problemOf(page, notice, { min: view.minLength });
  allowOwnScripts(res);
  sendHtml(res, noticeStatus(res, notice), toText(newPasswordPage(page, { ...view, error })));
}

import type { Request, Response } from 'express';
import {
  type Messages,
  type NewPasswordView,
  newPasswordPage,
  type Page,
  toText,
} from '../../../views/index.ts';
import { allowOwnScripts, sendHtml } from '../../http/index.ts';
import { AccountError } from '../accounts/account-error.ts';
import { longestPassword, type PasswordRule } from '../accounts/passwords/password-policy.ts';
import { field } from './forms.ts';

/** Why a new password was not taken, as the form says it. */
export interface NewPasswordRefusal {
  readonly text: keyof Messages;
  readonly field: NonNullable<NewPasswordView['error']>['field'];
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
}

const rules: Readonly<Record<PasswordRule, keyof Messages>> = {
  tooShort: 'passwordTooShort',
  tooLong: 'passwordTooLong',
  known: 'passwordKnown',
  personal: 'passwordPersonal',
  same: 'passwordSame',
};

/** What the form for a new password asks twice; a refusal when the two differ or nothing can be made of them. */
export function readNewPassword(req: Request): string | NewPasswordRefusal {
  const password = field(req, 'new-password') ?? '';
  const refusal = { field: 'new-password', status: 400 } as const;
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
  proof: NewPasswordView['proof'],
  set: () => Promise<unknown>,
): Promise<NewPasswordRefusal | undefined> {
  try {
    await set();
    return undefined;
  } catch (error) {
    if (error instanceof AccountError) return refusalOf(error, proof);
    throw error;
  }
}

function refusalOf({ fault, rule, wait = 1000 }: AccountError, proof: NewPasswordView['proof']) {
  if (rule !== undefined) return { text: rules[rule], field: 'new-password', status: 400 } as const;
  if (fault === 'throttled' || fault === 'busy') {
    const retryAfter = Math.ceil(wait / 1000);
    return { text: 'tooManyAttempts', field: proof, status: 429, retryAfter } as const;
  }
  return { text: proof === 'code' ? 'resetInvalid' : 'wrongCredentials', field: proof, status: 400 } as const;
}

/** Sends the form, with what was wrong about it. */
export function sendNewPasswordForm(
  res: Response,
  page: Page,
  view: Omit<NewPasswordView, 'error'>,
  refusal?: NewPasswordRefusal,
): void {
  if (refusal?.retryAfter !== undefined) res.setHeader('Retry-After', String(refusal.retryAfter));
  const error = refusal && {
    field: refusal.field,
    message: page.locale.t[refusal.text]
      .replace('{min}', String(view.minLength))
      .replace('{seconds}', String(refusal.retryAfter ?? 0)),
  };
  allowOwnScripts(res);
  sendHtml(res, refusal?.status ?? 200, toText(newPasswordPage(page, { ...view, error })));
}

import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { passwordField } from './password-field.ts';
import { type FormProblem, invalid, problem } from './problem.ts';

/** What shows that it is the person: the password that is to be replaced, or the code of a reset. */
export type PasswordProof = 'password' | 'code';

export interface NewPasswordView {
  readonly proof: PasswordProof;
  /** What it is about, where it is not one of the usual reasons. */
  readonly intro?: string | undefined;
  /** The application that the person is on the way to. */
  readonly app?: string | undefined;
  readonly action: string;
  readonly abortAction?: string | undefined;
  readonly csrf: string;
  /** The login, where the form has been reached by it: sent along, for password managers too. */
  readonly username?: string | undefined;
  /** Whether "keep me signed in" was ticked. */
  readonly remember?: boolean | undefined;
  readonly minLength: number;
  readonly error?: FormProblem | undefined;
}

/** The form for a new password (WCAG 3.3.8: nothing to be remembered or solved but what the person has chosen). */
export function newPasswordPage(page: Page, view: NewPasswordView): Html {
  const { t } = page.locale;
  const { proof, error } = view;
  return layout(page, {
    title: t.newPasswordTitle,
    scripts: ['passwords'],
    error: error !== undefined,
    content: html`
<div class="card">
${error !== undefined && problem(page, error)}
<h1>${t.newPasswordTitle}</h1>
<p class="lead">${view.intro !== undefined ? view.intro : view.app === undefined ? t.resetText : fill(t.mustChangeText, { app: html`<strong><bdi>${view.app}</bdi></strong>` })}</p>
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
${view.username !== undefined && html`<input type="hidden" name="username" autocomplete="username" value="${view.username}">`}
${view.remember === true && html`<input type="hidden" name="remember" value="yes">`}
${
  proof === 'password'
    ? passwordField(page, {
        name: 'password',
        label: t.currentPassword,
        autocomplete: 'current-password',
        more: invalid(error, 'password'),
      })
    : passwordField(page, {
        name: 'code',
        label: t.resetCode,
        autocomplete: 'one-time-code',
        more: invalid(error, 'code'),
      })
}
${passwordField(page, {
  name: 'new-password',
  label: t.newPassword,
  autocomplete: 'new-password',
  more: invalid(error, 'new-password', 'rule'),
  hint: html`<p class="small" id="rule">${fill(t.newPasswordHint, { min: view.minLength })}</p>`,
})}
${passwordField(page, { name: 'again', label: t.newPasswordAgain, autocomplete: 'new-password' })}
<button type="submit" class="primary">${t.savePassword}</button>
</form>
${
  view.abortAction !== undefined &&
  html`<form method="post" action="${view.abortAction}">
<input type="hidden" name="csrf" value="${view.csrf}">
<button type="submit" class="quiet">${t.cancel}</button>
</form>`
}
</div>`,
  });
}

/** The end of a reset. */
export function passwordSavedPage(page: Page): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.passwordSavedTitle,
    content: html`<div class="card center"><h1>${t.passwordSavedTitle}</h1><p>${t.passwordSavedText}</p></div>`,
  });
}

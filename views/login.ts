import { appLogo } from './app-logo.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type PasskeyForm, passkeyForm } from './passkey-form.ts';
import { passwordField } from './password-field.ts';
import { type FormProblem, invalid, problem } from './problem.ts';

/** The accounts of the demo, shown on the sign-in page. */
export interface LoginHint {
  readonly password: string;
  readonly accounts: readonly { readonly login: string; readonly groups: readonly string[] }[];
}

export interface LoginView {
  readonly app: string;
  /** URL of its picture. */
  readonly appLogo?: string | undefined;
  readonly action: string;
  readonly abortAction: string;
  readonly csrf: string;
  readonly username: string;
  /** Whether "keep me signed in" is ticked. */
  readonly remember: boolean;
  readonly error?: FormProblem | undefined;
  /** Where people can sign in without a password. */
  readonly passkey?: PasskeyForm;
  readonly hint?: LoginHint;
  /** Where another way to sign in is chosen. */
  readonly otherUrl?: string | undefined;
}

/** The sign-in form. Ordinary fields with their tokens, so that password managers fill them (WCAG 1.3.5, 3.3.8). */
export function loginPage(page: Page, view: LoginView): Html {
  const { t, lang } = page.locale;
  const notice = page.site.notice?.[lang] ?? page.site.notice?.['en'];
  const focus = (when: boolean) => when && html` autofocus`;
  return layout(page, {
    title: t.signIn,
    error: view.error !== undefined,
    scripts: view.passkey === undefined ? ['passwords'] : ['passwords', 'passkeys'],
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
${appLogo(view.appLogo)}<h1>${t.signIn}</h1>
<p class="lead">${fill(t.signInTo, { app: html`<strong><bdi>${view.app}</bdi></strong>` })}</p>
${notice !== undefined && html`<p class="note">${notice}</p>`}
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
<div class="field"><label for="username">${t.username}</label>
<input id="username" name="username" type="text" autocomplete="username${view.passkey !== undefined && ' webauthn'}" autocapitalize="none" spellcheck="false" required value="${view.username}"${focus(view.error === undefined && view.username === '')}${invalid(view.error, 'username')}></div>
${passwordField(page, {
  name: 'password',
  label: t.password,
  autocomplete: 'current-password',
  more: [focus(view.error === undefined && view.username !== ''), invalid(view.error, 'password')],
})}
<p class="choice"><input id="remember" name="remember" type="checkbox" value="yes"${view.remember && html` checked`}> <label for="remember">${t.keepSignedIn}</label></p>
<button type="submit" class="primary">${t.signIn}</button>
</form>
${view.passkey !== undefined && html`<div class="after">${passkeyForm(page, view.passkey, { csrf: view.csrf, label: t.signInPasskey, look: 'secondary', conditional: true })}</div>`}
${view.otherUrl !== undefined && html`<p class="after"><a href="${view.otherUrl}">${t.sourceOther}</a></p>`}
<form method="post" action="${view.abortAction}">
<input type="hidden" name="csrf" value="${view.csrf}">
<button type="submit" class="quiet">${t.cancel}</button>
</form>
</div>
${
  view.hint !== undefined &&
  html`<aside class="note" aria-labelledby="demo"><h2 id="demo">${t.demoTitle}</h2>
<p>${fill(t.demoAccounts, { password: html`<code>${view.hint.password}</code>` })}</p>
<dl class="accounts">${view.hint.accounts.map(
    (account) =>
      html`<div><dt><code>${account.login}</code></dt><dd>${account.groups.length === 0 ? t.groupsNone : account.groups.join(', ')}</dd></div>`,
  )}</dl></aside>`
}`,
  });
}

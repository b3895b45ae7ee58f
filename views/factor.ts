import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type PasskeyForm, passkeyForm, passkeyNoScript } from './passkey-form.ts';
import { type FormProblem, invalid, problem } from './problem.ts';

export interface FactorView {
  readonly app: string;
  readonly accountName: string;
  /** Where codes go. */
  readonly codeAction: string;
  readonly abortAction: string;
  readonly csrf: string;
  /** The person has an authenticator app. */
  readonly totp: boolean;
  readonly passkey?: PasskeyForm | undefined;
  readonly recovery: boolean;
  readonly error?: FormProblem | undefined;
}

function codeField(page: Page, view: FactorView, name: 'code' | 'recovery'): Html {
  const { t } = page.locale;
  const [label, attributes] =
    name === 'code'
      ? [t.factorCode, html` inputmode="numeric" autocomplete="one-time-code"`]
      : [t.factorRecoveryCode, html` autocomplete="off" autocapitalize="characters"`];
  const focus = view.error === undefined && name === 'code';
  return html`<form method="post" action="${view.codeAction}">
<input type="hidden" name="csrf" value="${view.csrf}">
<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" class="user-code" type="text"${attributes} spellcheck="false" maxlength="40" required${focus && html` autofocus`}${invalid(view.error, name)}></div>
<button type="submit" class="${name === 'code' ? 'primary' : 'secondary'}">${t.continueLink}</button>
</form>`;
}

/** Asks for what the person has, beside what they know. One field, paste welcome (WCAG 3.3.8). */
export function factorPage(page: Page, view: FactorView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.factorTitle,
    error: view.error !== undefined,
    scripts: view.passkey === undefined ? [] : ['passkeys'],
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
<h1>${t.factorTitle}</h1>
<p class="lead">${fill(t.factorText, { name: html`<bdi>${view.accountName}</bdi>`, app: html`<strong><bdi>${view.app}</bdi></strong>` })}</p>
${
  view.passkey !== undefined &&
  html`${passkeyForm(page, view.passkey, { csrf: view.csrf, label: t.factorPasskey, look: view.totp ? 'secondary' : 'primary' })}
${passkeyNoScript(page)}`
}
${view.totp && codeField(page, view, 'code')}
${
  view.recovery &&
  html`<details class="after"${view.error?.field === 'recovery' && html` open`}><summary>${t.factorRecovery}</summary>
<p class="small">${t.factorRecoveryText}</p>
${codeField(page, view, 'recovery')}</details>`
}
<form method="post" action="${view.abortAction}">
<input type="hidden" name="csrf" value="${view.csrf}">
<button type="submit" class="quiet">${t.cancel}</button>
</form>
</div>`,
  });
}

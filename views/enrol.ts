import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type PasskeyForm, passkeyForm, passkeyNoScript } from './passkey-form.ts';
import { type FormProblem, invalid, problem } from './problem.ts';

export interface EnrolView {
  /** The application that the person is on the way to; undefined on the account's pages. */
  readonly app?: string | undefined;
  readonly csrf: string;
  readonly totp?:
    | {
        readonly action: string;
        readonly secretText: string;
        /** `data:` URL of the QR code. */
        readonly picture: string;
        readonly uri: string;
      }
    | undefined;
  readonly passkey?: PasskeyForm | undefined;
  /** Where a no leads; a form on the way to an application, else a link. */
  readonly abortAction?: string | undefined;
  readonly backUrl?: string | undefined;
  readonly error?: FormProblem | undefined;
}

function nameField({ locale: { t } }: Page, id: string, value: string): Html {
  return html`<div class="field"><label for="${id}">${t.factorName}</label>
<input id="${id}" name="name" type="text" autocomplete="off" maxlength="60" value="${value}"></div>`;
}

function totpCard(page: Page, view: EnrolView, totp: NonNullable<EnrolView['totp']>): Html {
  const { t } = page.locale;
  return html`<section class="card"><h2>${t.enrolTotpTitle}</h2>
<ol class="steps">
<li><p>${t.enrolTotpScan}</p>
<p class="center"><img class="qr" src="${totp.picture}" alt="${t.enrolTotpPicture}" width="220" height="220"></p>
<p class="small">${fill(t.enrolTotpType, { secret: html`<code>${totp.secretText}</code>` })}</p>
<p class="small"><a href="${totp.uri}">${t.enrolTotpOpen}</a></p></li>
<li><p>${t.enrolTotpConfirm}</p></li>
</ol>
<form method="post" action="${totp.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
<div class="field"><label for="code">${t.factorCode}</label>
<input id="code" name="code" class="user-code" type="text" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" maxlength="40" required${invalid(view.error, 'code')}></div>
<button type="submit" class="primary">${t.enrolTotpSubmit}</button>
</form></section>`;
}

/** Where a person gets a second factor: an authenticator app, a passkey, or the choice. */
export function enrolPage(page: Page, view: EnrolView): Html {
  const { t } = page.locale;
  const { error } = view;
  return layout(page, {
    title: t.enrolTitle,
    error: error !== undefined,
    scripts: view.passkey === undefined ? [] : ['passkeys'],
    content: html`
<div class="card">
${error !== undefined && problem(page, error)}
<h1>${t.enrolTitle}</h1>
<p class="lead">${view.app === undefined ? t.enrolText : fill(t.enrolRequired, { app: html`<strong><bdi>${view.app}</bdi></strong>` })}</p>
</div>
${
  view.passkey !== undefined &&
  html`<section class="card"><h2>${t.enrolPasskeyTitle}</h2><p>${t.enrolPasskeyText}</p>
${passkeyForm(page, view.passkey, { csrf: view.csrf, label: t.enrolPasskeySubmit, look: 'primary', fields: nameField(page, 'passkey-name', t.enrolPasskeyName) })}
${passkeyNoScript(page)}</section>`
}
${view.totp !== undefined && totpCard(page, view, view.totp)}
${
  view.abortAction !== undefined &&
  html`<form method="post" action="${view.abortAction}">
<input type="hidden" name="csrf" value="${view.csrf}">
<button type="submit" class="quiet">${t.cancel}</button>
</form>`
}
${view.backUrl !== undefined && html`<p><a href="${view.backUrl}">${t.accountBack}</a></p>`}`,
  });
}

export interface RecoveryCodesView {
  /** undefined: they were shown before. */
  readonly codes: readonly string[] | undefined;
  /** Where to when they are kept. */
  readonly continueUrl: string;
}

/** Recovery codes, this once. */
export function recoveryCodesPage(page: Page, { codes, continueUrl }: RecoveryCodesView): Html {
  const { t } = page.locale;
  if (codes === undefined)
    return layout(page, {
      title: t.recoveryShownTitle,
      content: html`<div class="card"><h1>${t.recoveryShownTitle}</h1>
<p class="lead">${t.recoveryShown}</p>
<p><a class="button primary" href="${continueUrl}">${t.continueLink}</a></p></div>`,
    });
  return layout(page, {
    title: t.recoveryTitle,
    content: html`<div class="card"><h1>${t.recoveryTitle}</h1>
<p class="lead">${t.recoveryText}</p>
<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p><strong>${t.recoveryOnce}</strong></p>
<p><a class="button primary" href="${continueUrl}">${t.recoveryKept}</a></p></div>`,
  });
}

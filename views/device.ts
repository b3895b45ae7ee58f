import { groupChips } from './group-chips.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import { type FormProblem, invalid, problem } from './problem.ts';
import type { RefusedView } from './refused.ts';
import { scopeList } from './scope-list.ts';

export interface DeviceCodeView {
  readonly action: string;
  readonly csrf: string;
  /** As it stood in the address; empty when it has to be typed. */
  readonly userCode: string;
  readonly accountName: string;
  readonly error?: FormProblem | undefined;
}

export interface DeviceConfirmView {
  readonly action: string;
  readonly csrf: string;
  readonly userCode: string;
  readonly app: string;
  /** The device's address, as this server has seen it. */
  readonly address: string;
  /** What the device calls itself; empty when it has not said. */
  readonly userAgent: string;
  /** Seconds since the device asked. */
  readonly age: number;
  /** What the application asks for; none for the product's own. */
  readonly scopes: readonly string[];
  readonly accountName: string;
  /** The device would get nothing: the groups that the person would have to be in, where that is the reason. */
  readonly refused?: Pick<RefusedView, 'groups' | 'message' | 'isOfAnotherSource'> | undefined;
}

/** Asks for the code that another screen shows. One field, paste welcome, case and hyphen of no matter (WCAG 3.3.8). */
export function deviceCodePage(page: Page, view: DeviceCodeView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.deviceTitle,
    error: view.error !== undefined,
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
<h1>${t.deviceTitle}</h1>
<p class="lead">${t.deviceIntro}</p>
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
<div class="field"><label for="user_code">${t.deviceCode}</label>
<input id="user_code" name="user_code" class="user-code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40" required value="${view.userCode}"${view.error === undefined && html` autofocus`}${invalid(view.error, 'user_code', 'code-hint')}>
<p class="small" id="code-hint">${t.deviceCodeHint}</p></div>
<button type="submit" class="primary">${t.continueLink}</button>
</form>
<p class="small after">${fill(t.consentSignedInAs, { name: html`<bdi>${view.accountName}</bdi>` })}</p>
</div>`,
  });
}

function age({ deviceNow, deviceSeconds, deviceMinutes }: Messages, seconds: number): string {
  if (seconds < 2) return deviceNow;
  const [text, number] = seconds < 120 ? [deviceSeconds, seconds] : [deviceMinutes, Math.floor(seconds / 60)];
  return fill(text, { number }).join('');
}

/** What the device would get, and the warning not to give it to somebody else's. */
function offered(page: Page, scopes: readonly string[]): Html {
  const { t } = page.locale;
  return html`${scopes.length > 0 && html`<p>${t.deviceScopes}</p>${scopeList(page, scopes)}`}
<div class="alert" role="note"><p><strong>${t.deviceWarningTitle}</strong> ${t.deviceWarning}</p></div>`;
}

/** That it would get nothing, and who could change that. */
function refused(
  page: Page,
  app: string,
  { groups, message, isOfAnotherSource }: Pick<RefusedView, 'groups' | 'message' | 'isOfAnotherSource'>,
): Html {
  const { t } = page.locale;
  const title = fill(t.refusedTitle, { app: html`<bdi>${app}</bdi>` });
  return html`<div class="alert" role="alert"><p><strong>${title}</strong></p>
${
  groups === undefined
    ? html`<p>${message ?? (isOfAnotherSource ? t.refusedSource : t.refusedText)}</p>`
    : html`<p>${t.refusedGroups}</p>
${groupChips(page, groups)}
<p>${t.refusedHelp}</p>`
}</div>`;
}

/** Shows who asks, from where and since when, and lets nothing happen without a press of a button (RFC 8628 §5.4). */
export function deviceConfirmPage(page: Page, view: DeviceConfirmView): Html {
  const { t } = page.locale;
  const decide = (decision: 'approve' | 'deny', text: string, look: string) =>
    html`<button type="submit" name="decision" value="${decision}" class="${look}">${text}</button>`;
  return layout(page, {
    title: fill(t.deviceConfirmTitle, { app: view.app }).join(''),
    content: html`
<div class="card">
<h1>${fill(t.deviceConfirmTitle, { app: html`<bdi>${view.app}</bdi>` })}</h1>
<p class="lead">${t.deviceConfirmIntro}</p>
<p class="code-shown"><span class="small">${t.deviceCode}</span> <code class="user-code">${view.userCode}</code></p>
<dl class="facts">
<div><dt>${t.deviceApp}</dt><dd><bdi>${view.app}</bdi></dd></div>
<div><dt>${t.deviceAddress}</dt><dd><bdi>${view.address}</bdi></dd></div>
<div><dt>${t.deviceProgram}</dt><dd>${view.userAgent === '' ? t.deviceUnknown : html`<bdi>${view.userAgent}</bdi>`}</dd></div>
<div><dt>${t.deviceAge}</dt><dd>${age(t, view.age)}</dd></div>
</dl>
${view.refused === undefined ? offered(page, view.scopes) : refused(page, view.app, view.refused)}
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
<input type="hidden" name="user_code" value="${view.userCode}">
<div class="choices">
${view.refused === undefined && decide('approve', t.deviceApprove, 'primary')}
${decide('deny', t.deviceDeny, 'secondary')}
</div>
</form>
<p class="small after">${fill(t.consentSignedInAs, { name: html`<bdi>${view.accountName}</bdi>` })}</p>
</div>`,
  });
}

/** The end, on this screen. */
export function deviceDonePage(page: Page, decision: 'approved' | 'denied'): Html {
  const { t } = page.locale;
  const [title, text] =
    decision === 'approved' ? [t.deviceApproved, t.deviceApprovedText] : [t.deviceDenied, t.deviceDeniedText];
  return layout(page, {
    title,
    content: html`<div class="card center"><h1>${title}</h1><p>${text}</p></div>`,
  });
}

import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

export interface PasskeyForm {
  /** Whether the browser makes a passkey or shows one. */
  readonly kind: 'create' | 'get';
  /** What the browser is given, as JSON. */
  readonly options: string;
  readonly action: string;
}

export interface PasskeyFormLook {
  readonly csrf: string;
  readonly label: string;
  readonly look: 'primary' | 'secondary';
  /** Lets the browser offer passkeys where it fills in names. */
  readonly conditional?: boolean;
  /** Fields above the button. */
  readonly fields?: Html;
}

/** Hidden until the page's script has found that the browser knows passkeys. */
export function passkeyForm({ locale: { t } }: Page, form: PasskeyForm, look: PasskeyFormLook): Html {
  return html`<form method="post" action="${form.action}" data-passkey="${form.kind}" data-options="${form.options}"${look.conditional === true && html` data-conditional`} hidden>
<input type="hidden" name="csrf" value="${look.csrf}">
<input type="hidden" name="credential" value="">
${look.conditional === true && html`<input type="hidden" name="remember" value="">`}
${look.fields}
<button type="submit" class="${look.look}">${look.label}</button>
<p class="small after" role="status" data-failed="${t.passkeyFailed}"></p>
</form>`;
}

/** For pages that are about passkeys. */
export function passkeyNoScript({ locale: { t } }: Page): Html {
  return html`<noscript><p class="small">${t.passkeyNoScript}</p></noscript>`;
}

import { appLogo } from './app-logo.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';
import { scopeList } from './scope-list.ts';

export interface ConsentView {
  readonly app: string;
  /** URL of its picture. */
  readonly appLogo?: string | undefined;
  /** Where the answer goes: the redirect URI's host (or scheme, for an app's own scheme). */
  readonly redirectHost: string;
  /** The application has registered itself: what it is called is its own word. */
  readonly unknown?: boolean | undefined;
  readonly accountName: string;
  readonly scopes: readonly string[];
  readonly action: string;
  readonly abortAction: string;
  readonly csrf: string;
  readonly error?: FormProblem | undefined;
}

/** Asks whether an application may have what it asks for. */
export function consentPage(page: Page, view: ConsentView): Html {
  const { t } = page.locale;
  const app = html`<strong><bdi>${view.app}</bdi></strong>`;
  return layout(page, {
    error: view.error !== undefined,
    title: fill(t.consentTitle, { app: view.app }).join(''),
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
${appLogo(view.appLogo)}<h1>${fill(t.consentTitle, { app: html`<bdi>${view.app}</bdi>` })}</h1>
<p class="lead">${fill(t.consentIntro, { app, host: html`<bdi class="host">${view.redirectHost}</bdi>` })}</p>
${view.unknown === true && html`<div class="alert" role="note"><p><strong>${t.consentUnknownTitle}</strong> ${t.consentUnknown}</p></div>`}
${scopeList(page, view.scopes)}
<p class="small">${fill(t.consentSignedInAs, { name: html`<bdi>${view.accountName}</bdi>` })}</p>
<div class="choices">
<form method="post" action="${view.action}"><input type="hidden" name="csrf" value="${view.csrf}"><button type="submit" class="primary">${t.allow}</button></form>
<form method="post" action="${view.abortAction}"><input type="hidden" name="csrf" value="${view.csrf}"><button type="submit" class="secondary">${t.deny}</button></form>
</div>
</div>`,
  });
}

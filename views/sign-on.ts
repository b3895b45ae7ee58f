import { appLogo } from './app-logo.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';

export interface SignOnView {
  readonly app: string;
  /** URL of its picture. */
  readonly appLogo?: string | undefined;
  /** Where the answer goes: the redirect URI's host and port. */
  readonly redirectHost: string;
  readonly accountName: string;
  readonly action: string;
  readonly abortAction: string;
  readonly csrf: string;
  readonly error?: FormProblem | undefined;
}

/** Asks somebody who is signed in already whether it is they who began a sign-in of a program on their computer. */
export function signOnPage(page: Page, view: SignOnView): Html {
  const { t } = page.locale;
  const app = html`<bdi>${view.app}</bdi>`;
  return layout(page, {
    error: view.error !== undefined,
    title: fill(t.signOnTitle, { app: view.app }).join(''),
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
${appLogo(view.appLogo)}<h1>${fill(t.signOnTitle, { app })}</h1>
<p class="lead">${fill(t.signOnText, { host: html`<bdi class="host">${view.redirectHost}</bdi>` })}</p>
<p class="small">${fill(t.consentSignedInAs, { name: html`<bdi>${view.accountName}</bdi>` })}</p>
<div class="choices">
<form method="post" action="${view.action}"><input type="hidden" name="csrf" value="${view.csrf}"><button type="submit" class="primary">${t.continueLink}</button></form>
<form method="post" action="${view.abortAction}"><input type="hidden" name="csrf" value="${view.csrf}"><button type="submit" class="secondary">${t.cancel}</button></form>
</div>
</div>`,
  });
}

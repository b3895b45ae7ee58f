import { groupChips } from './group-chips.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';

export interface RefusedView {
  readonly app: string;
  /** URL of its picture. */
  readonly appLogo?: string | undefined;
  readonly accountName: string;
  /** Members of one of these may sign in; undefined when groups are not the reason. */
  readonly groups: readonly string[] | undefined;
  /** Whether it is for people who sign in another way. */
  readonly isOfAnotherSource: boolean;
  /** What the operator says of it; undefined when nothing. */
  readonly message: string | undefined;
  readonly abortAction: string;
  readonly logoutUrl: string;
  readonly csrf: string;
  readonly error?: FormProblem | undefined;
}

/** Tells somebody who is signed in that this application is not for them, and who could change that. */
export function refusedPage(page: Page, view: RefusedView): Html {
  const { t } = page.locale;
  const app = html`<bdi>${view.app}</bdi>`;
  return layout(page, {
    title: fill(t.refusedTitle, { app: view.app }).join(''),
    error: true,
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
<h1>${fill(t.refusedTitle, { app })}</h1>
${
  view.groups === undefined
    ? html`<p class="lead">${view.message ?? (view.isOfAnotherSource ? t.refusedSource : t.refusedText)}</p>`
    : html`<p class="lead">${t.refusedGroups}</p>
${groupChips(page, view.groups)}
<p class="after">${t.refusedHelp}</p>`
}
<p class="small">${fill(t.consentSignedInAs, { name: html`<bdi>${view.accountName}</bdi>` })}</p>
<div class="choices">
<form method="post" action="${view.abortAction}"><input type="hidden" name="csrf" value="${view.csrf}"><button type="submit" class="primary">${fill(t.refusedBack, { app })}</button></form>
<a class="button secondary" href="${view.logoutUrl}">${t.signOut}</a>
</div>
</div>`,
  });
}

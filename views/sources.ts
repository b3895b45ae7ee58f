import { appLogo } from './app-logo.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';

export interface SourcesView {
  readonly app: string;
  /** URL of its picture. */
  readonly appLogo?: string | undefined;
  readonly sources: readonly {
    /** Undefined: this server. */
    readonly name: string | undefined;
    readonly url: string;
    /** It did not answer when it was last asked. */
    readonly isAway: boolean;
  }[];
  readonly error?: FormProblem | undefined;
  readonly abortAction: string;
  readonly csrf: string;
}

/** Where to sign in: a link for each place, so that it works without a script. */
export function sourcesPage(page: Page, view: SourcesView): Html {
  const { t, lang } = page.locale;
  const notice = page.site.notice?.[lang] ?? page.site.notice?.['en'];
  return layout(page, {
    title: t.signIn,
    error: view.error !== undefined,
    content: html`
<div class="card">
${view.error !== undefined && problem(page, view.error)}
${appLogo(view.appLogo)}<h1>${t.signIn}</h1>
<p class="lead">${fill(t.signInTo, { app: html`<strong><bdi>${view.app}</bdi></strong>` })}</p>
${notice !== undefined && html`<p class="note">${notice}</p>`}
<h2 id="sources">${t.sourceChoice}</h2>
<ul class="sources" aria-labelledby="sources">${view.sources.map(
      ({ name, url, isAway }) =>
        html`<li><a class="button secondary" href="${url}">${name === undefined ? t.sourceLocal : html`<bdi>${name}</bdi>`}</a>${isAway && html` <span class="small">${t.sourceAway}</span>`}</li>`,
    )}</ul>
<form method="post" action="${view.abortAction}">
<input type="hidden" name="csrf" value="${view.csrf}">
<button type="submit" class="quiet">${t.cancel}</button>
</form>
</div>`,
  });
}

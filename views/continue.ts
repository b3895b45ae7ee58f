import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';

/**
 * The stop between a form and the application. Chromium applies CSP `form-action` to every redirect that follows a
 * form, so a form must end on a page of ours, and this page starts a navigation of its own.
 */
export function continuePage(page: Page, view: { readonly app: string; readonly url: string }): Html {
  const { t } = page.locale;
  const app = html`<bdi>${view.app}</bdi>`;
  return layout(page, {
    title: fill(t.continueTitle, { app: view.app }).join(''),
    refreshTo: view.url,
    content: html`
<div class="card center">
<h1>${fill(t.continueTitle, { app })}</h1>
<p class="lead">${fill(t.continueText, { app })}</p>
<p><a class="button primary" href="${view.url}">${t.continueLink}</a></p>
<p class="small">${t.continueHint}</p>
</div>`,
  });
}

import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';

export interface ErrorView {
  readonly title: string;
  readonly message: string;
  /** The protocol's error code and description, when there are any. */
  readonly detail?: string;
  /** The request's id, to be found in the log. */
  readonly reference: string;
  /** What to do about it; undefined: start again from the application. */
  readonly help?: string;
  /** A page of ours that leads on. */
  readonly link?: { readonly url: string; readonly text: string };
}

/** Says what went wrong, for whom, and what to do. Never sends anybody anywhere by itself. */
export function errorPage(page: Page, view: ErrorView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: view.title,
    error: true,
    content: html`
<div class="card">
<h1>${view.title}</h1>
<p class="lead">${view.message}</p>
${view.link !== undefined && html`<p><a class="button secondary" href="${view.link.url}">${view.link.text}</a></p>`}
<p>${view.help ?? t.errorHelp}</p>
<dl class="facts">
${view.detail !== undefined && html`<div><dt>${t.errorDetail}</dt><dd>${view.detail}</dd></div>`}
<div><dt>${t.errorReference}</dt><dd><code>${view.reference}</code></dd></div>
</dl>
</div>`,
  });
}

import { type Content, type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** What was wrong with a form, above it; it gets the focus (WCAG 3.3.1, 4.1.3). @param field id of the field that it is about */
export function problem({ locale: { t } }: Page, message: Content, field?: string): Html {
  const text =
    field === undefined
      ? html`<span id="error">${message}</span>`
      : html`<a id="error" href="#${field}">${message}</a>`;
  return html`<div class="alert" role="alert" tabindex="-1" autofocus aria-labelledby="problem"><h2 id="problem">${t.problemTitle}</h2><p>${text}</p></div>`;
}

/** Words of an API, which speaks English to everybody (WCAG 3.1.2). */
export function english(words: string): Html {
  return html`<span lang="en">${words}</span>`;
}

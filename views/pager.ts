import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { fill } from './locales/index.ts';

export interface PagerView {
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
  urlOf(page: number): string;
}

/** Links through a long list; nothing for a short one. */
export function pager({ locale: { t } }: Page, { page, pages, total, urlOf }: PagerView): Html | false {
  if (pages === 1) return false;
  return html`<nav class="pager" aria-label="${t.pagerLabel}">
${page > 1 && html`<a class="button secondary" rel="prev" href="${urlOf(page - 1)}">${t.pagerBack}</a>`}
<span>${fill(t.pagerPlace, { page, pages, total })}</span>
${page < pages && html`<a class="button secondary" rel="next" href="${urlOf(page + 1)}">${t.pagerOn}</a>`}
</nav>`;
}

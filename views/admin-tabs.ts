import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** A part of the administration. */
export interface AdminTab {
  readonly title: string;
  readonly url: string;
  readonly current: boolean;
}

/** The parts that somebody may look at. */
export function adminTabList({ locale: { t } }: Page, tabs: readonly AdminTab[]): Html {
  return html`<nav class="tabs" aria-label="${t.navAdmin}"><ul>${tabs.map((tab) => html`<li><a href="${tab.url}"${tab.current && html` aria-current="page"`}>${tab.title}</a></li>`)}</ul></nav>`;
}

import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** Names of groups, to be told apart at a glance. */
export function groupChips({ locale: { t } }: Page, groups: readonly string[]): Html | string {
  if (groups.length === 0) return t.groupsNone;
  return html`<ul class="chips">${groups.map((group) => html`<li>${group}</li>`)}</ul>`;
}

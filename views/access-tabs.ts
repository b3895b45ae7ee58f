import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import type { Messages } from './locales/index.ts';

/** The pages about rights, below `/access`. */
const tabs = {
  '': 'accessAsk',
  '/rights': 'rightsTab',
  '/who': 'whoTab',
  '/changes': 'changesTab',
  '/denials': 'denialsTab',
} as const satisfies Readonly<Record<string, keyof Messages>>;

export type AccessTab = keyof typeof tabs;

/** @param kept what all of them understand, as a query: the cluster, with whose eyes; '' for nothing */
export function accessTabs({ site, locale: { t } }: Page, current: AccessTab, kept = ''): Html {
  const items = (Object.keys(tabs) as AccessTab[]).map((tab) => {
    const href = `${site.base}/access${tab}${kept === '' ? '' : `?${kept}`}`;
    return html`<li><a href="${href}"${tab === current && html` aria-current="page"`}>${t[tabs[tab]]}</a></li>`;
  });
  return html`<nav class="tabs" aria-label="${t.navAccess}"><ul>${items}</ul></nav>`;
}

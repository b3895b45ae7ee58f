import { accessTabs } from './access-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';

/** Why there are no rights to show. */
export function unseenPage(page: Page, why: 'cluster' | 'nobody' | 'delegated' | 'notAs'): Html {
  const { t } = page.locale;
  const texts = {
    cluster: t.unseenCluster,
    nobody: t.accessNobody,
    delegated: t.unseenDelegated,
    notAs: t.unseenNotAs,
  };
  return layout(page, {
    title: t.navAccess,
    section: 'access',
    error: why === 'cluster' || why === 'notAs',
    content: html`${accessTabs(page, '')}<div class="alert" role="alert"><h1>${t.navAccess}</h1><p>${texts[why]}</p></div>`,
  });
}

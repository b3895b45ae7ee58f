import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';

/** Asks before a session ends: a link or an image on another site must not sign anybody out. */
export function logoutPage(
  page: Page,
  view: { readonly accountName: string; readonly action: string; readonly xsrf: string },
): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.signOut,
    content: html`
<div class="card">
<h1>${t.signOutTitle}</h1>
<p class="lead">${fill(t.signOutText, { name: html`<strong><bdi>${view.accountName}</bdi></strong>` })}</p>
<form method="post" action="${view.action}">
<input type="hidden" name="xsrf" value="${view.xsrf}">
<button type="submit" class="primary" name="logout" value="yes">${t.signOut}</button>
<button type="submit" class="quiet">${t.signOutNo}</button>
</form>
</div>`,
  });
}

/** The end of a session. */
export function loggedOutPage(page: Page): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.signedOutTitle,
    content: html`<div class="card center"><h1>${t.signedOutTitle}</h1><p>${t.signedOutText}</p></div>`,
  });
}

import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import type { Messages } from './locales/index.ts';

const scopeTexts: Readonly<Record<string, keyof Messages>> = {
  openid: 'scopeOpenid',
  email: 'scopeEmail',
  profile: 'scopeProfile',
  groups: 'scopeGroups',
  offline_access: 'scopeOfflineAccess',
};

/** What an application asks for, in people's words; a scope without words stands for itself. */
export function scopeList({ locale: { t } }: Page, scopes: readonly string[]): Html {
  const texts = scopes.map((scope) => {
    const key = Object.hasOwn(scopeTexts, scope) ? scopeTexts[scope] : undefined;
    return key === undefined ? scope : t[key];
  });
  return html`<ul class="scopes">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';

const scopeTexts: Readonly<Record<string, keyof Messages>> = {
  openid: 'scopeOpenid',
  email: 'scopeEmail',
  profile: 'scopeProfile',
  groups: 'scopeGroups',
  offline_access: 'scopeOfflineAccess',
  'federated:id': 'scopeFederatedId',
};

/** Dex's scope for a token that another application takes, too. */
const audience = /^audience:server:client_id:(.+)$/;

/** What an application asks for, in people's words; a scope without words stands for itself. */
export function scopeList({ locale: { t } }: Page, scopes: readonly string[]): Html {
  const texts = scopes.map((scope) => {
    const [, peer] = audience.exec(scope) ?? [];
    if (peer !== undefined) return fill(t.scopeAudience, { app: html`<bdi>${peer}</bdi>` });
    const key = Object.hasOwn(scopeTexts, scope) ? scopeTexts[scope] : undefined;
    return key === undefined ? scope : t[key];
  });
  return html`<ul class="scopes">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

import { groupChips } from './group-chips.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import type { Section } from './navigation.ts';
import { time } from './time.ts';

export interface HomeAccount {
  readonly name: string;
  readonly email: string;
  readonly username?: string;
  readonly groups: readonly string[];
  /** Where the account is kept: in the configuration, in the store, or elsewhere. */
  readonly source: 'static' | 'stored' | { readonly connector: string };
  /** When the person signed in; milliseconds since the epoch. */
  readonly since: number;
  /** When the session ends unless it is used before. */
  readonly until: number | undefined;
  /** In how many browsers and applications they are signed in, this one included. */
  readonly places: number;
}

export interface HomeView {
  readonly account: HomeAccount | undefined;
  readonly issuer: string;
  readonly signInUrl: string;
}

function kubectlNote({ locale: { t } }: Page, issuer: string): Html {
  return html`<section class="card"><h2>${t.kubectlTitle}</h2><p>${t.kubectlText}</p>
<pre tabindex="0"><code>kubectl sallyport login
kubectl get pods</code></pre>
<p class="small">${t.kubectlOther}</p>
<pre tabindex="0"><code>kubectl oidc-login setup \\
  --oidc-issuer-url=${issuer} \\
  --oidc-client-id=kubectl</code></pre></section>`;
}

function sourceText(t: Messages, source: HomeAccount['source']): string {
  if (typeof source === 'object') return fill(t.homeSourceUpstream, { name: source.connector }).join('');
  return source === 'static' ? t.homeSourceStatic : t.homeSourceStored;
}

function signedOut(page: Page, view: HomeView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.signedOutHomeTitle,
    content: html`<div class="card"><h1>${t.signedOutHomeTitle}</h1><p>${t.signedOutHomeText}</p>
<p><a class="button primary" href="${view.signInUrl}">${t.signIn}</a></p></div>${kubectlNote(page, view.issuer)}`,
  });
}

/** What each part of the portal is for. */
function purposes(
  t: Messages,
  { places }: HomeAccount,
): readonly [Section, title: string, text: Html | string][] {
  const signedIn = places === 1 ? t.homePlace : fill(t.homePlaces, { number: places }).join('');
  return [
    ['connect', t.homeConnectTitle, t.homeConnectText],
    ['access', t.accessTitle, t.homeAccessText],
    ['requests', t.homeRequestsTitle, t.homeRequestsText],
    ['account', t.accountLink, signedIn],
    ['admin', t.navAdmin, t.homeAdminText],
  ];
}

/** Who is signed in here, and what they can do about it. */
export function homePage(page: Page, view: HomeView): Html {
  const { t } = page.locale;
  const { sections, base } = page.site;
  const { account } = view;
  if (account === undefined) return signedOut(page, view);
  return layout(page, {
    title: t.homeTitle,
    section: 'home',
    content: html`
<div class="columns">
<section class="card">
<h1>${account.name}</h1>
<dl class="facts">
<div><dt>${t.email}</dt><dd>${account.email}</dd></div>
${account.username !== undefined && html`<div><dt>${t.usernameLabel}</dt><dd>${account.username}</dd></div>`}
<div><dt>${t.groups}</dt><dd>${groupChips(page, account.groups)}</dd></div>
<div><dt>${t.homeSource}</dt><dd>${sourceText(t, account.source)}</dd></div>
<div><dt>${t.signedInSince}</dt><dd>${time(account.since)}</dd></div>
${account.until !== undefined && html`<div><dt>${t.homeUntil}</dt><dd>${time(account.until)}</dd></div>`}
</dl>
</section>
<ul class="tiles">${purposes(t, account)
      .filter(([section]) => sections.has(section))
      .map(
        ([section, title, text]) =>
          html`<li class="card tile"><h2><a href="${base}/${section}">${title}</a></h2><p>${text}</p></li>`,
      )}</ul>
</div>
${!sections.has('connect') && kubectlNote(page, view.issuer)}`,
  });
}

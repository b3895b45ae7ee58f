import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';

export interface HomeAccount {
  readonly name: string;
  readonly email: string;
  readonly username?: string;
  readonly groups: readonly string[];
  /** When the person signed in. */
  readonly since: Date;
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

/** Who is signed in here, and how to use it from kubectl. */
export function homePage(
  page: Page,
  view: {
    readonly account: HomeAccount | undefined;
    readonly issuer: string;
    readonly logoutUrl: string;
    readonly accountUrl: string;
  },
): Html {
  const { t } = page.locale;
  const { account } = view;
  if (account === undefined) {
    return layout(page, {
      title: t.signedOutHomeTitle,
      content: html`<div class="card"><h1>${t.signedOutHomeTitle}</h1><p>${t.signedOutHomeText}</p></div>${kubectlNote(page, view.issuer)}`,
    });
  }
  const since = `${account.since.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return layout(page, {
    title: t.homeTitle,
    section: 'home',
    content: html`
<div class="card">
<h1>${account.name}</h1>
<dl class="facts">
<div><dt>${t.email}</dt><dd>${account.email}</dd></div>
${account.username !== undefined && html`<div><dt>${t.usernameLabel}</dt><dd>${account.username}</dd></div>`}
<div><dt>${t.groups}</dt><dd>${
      account.groups.length === 0
        ? t.groupsNone
        : html`<ul class="chips">${account.groups.map((group) => html`<li>${group}</li>`)}</ul>`
    }</dd></div>
<div><dt>${t.signedInSince}</dt><dd><time datetime="${account.since.toISOString()}">${since}</time></dd></div>
</dl>
<div class="choices"><a class="button secondary" href="${view.accountUrl}">${t.accountLink}</a>
<a class="button secondary" href="${view.logoutUrl}">${t.signOut}</a></div>
</div>
${kubectlNote(page, view.issuer)}`,
  });
}

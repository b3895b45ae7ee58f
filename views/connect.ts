import { groupChips } from './group-chips.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';

type ByShell = Readonly<Record<'unix' | 'powershell' | 'cmd', string>>;

export interface ConnectView {
  readonly name: string;
  readonly server: string;
  /** SHA-256 of the certificate authority. */
  readonly fingerprint: string;
  /** To this cluster; undefined: the account is nobody there. */
  readonly user: { readonly username: string; readonly groups: readonly string[] } | undefined;
  readonly kubeconfigUrl: string;
  /** The list of all clusters, where there are more. */
  readonly allUrl: string | undefined;
  /** How the plugin gets on the PATH, by the person's system. */
  readonly install: ByShell;
  readonly withPlugin: string;
  /** Whose commands are shown at once. */
  readonly likelyShell: 'unix' | 'powershell' | 'cmd';
  readonly merge: ByShell;
  readonly withKubelogin: string;
}

/** Commands to be copied: selected by hand, or with the button that the script adds. */
function commands({ locale: { t } }: Page, text: string): Html {
  return html`<pre tabindex="0" data-copy="${t.copy}" data-copied="${t.copied}"><code>${text}</code></pre>`;
}

function facts(page: Page, view: ConnectView): Html {
  const { t } = page.locale;
  return html`<section class="card"><h1>${fill(t.connectTo, { cluster: html`<bdi>${view.name}</bdi>` })}</h1>
${view.allUrl !== undefined && html`<p><a href="${view.allUrl}">${t.connectAll}</a></p>`}
<dl class="facts">
<div><dt>${t.connectServer}</dt><dd><code>${view.server}</code></dd></div>
<div><dt>${t.connectFingerprint}</dt><dd><code class="fingerprint">${view.fingerprint}</code></dd></div>
${
  view.user === undefined
    ? html`<div><dt>${t.accessYou}</dt><dd>${t.accessNobody}</dd></div>`
    : html`<div><dt>${t.accessYou}</dt><dd>${view.user.username}</dd></div>
<div><dt>${t.groups}</dt><dd>${groupChips(page, view.user.groups)}</dd></div>`
}
</dl></section>`;
}

/** What to type in each shell; the one that the person most likely has is open. */
function byShell(page: Page, view: ConnectView, what: 'install' | 'merge'): readonly Html[] {
  const shells = {
    unix: page.locale.t.connectUnix,
    powershell: 'Windows PowerShell',
    cmd: 'Windows cmd',
  } as const;
  return (['unix', 'powershell', 'cmd'] as const).map(
    (shell) =>
      html`<details name="${what}"${shell === view.likelyShell && html` open`}><summary>${shells[shell]}</summary>${commands(page, view[what][shell])}</details>`,
  );
}

/** One cluster: where it is, who one is there, and what to type. */
export function connectPage(page: Page, view: ConnectView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: fill(t.connectTo, { cluster: view.name }).join(''),
    section: 'connect',
    scripts: ['copy'],
    content: html`
${facts(page, view)}
<section class="card" aria-labelledby="install"><h2 id="install">${t.connectInstall}</h2>
<p>${t.connectInstallText}</p>
${byShell(page, view, 'install')}
</section>
<section class="card" aria-labelledby="plugin"><h2 id="plugin">${t.connectPlugin}</h2>
<p>${fill(t.connectPluginText, { program: html`<code>kubectl-sallyport</code>` })}</p>
${commands(page, view.withPlugin)}
</section>
<section class="card" aria-labelledby="file"><h2 id="file">${t.connectFile}</h2>
<p>${t.connectFileText}</p>
<p><a class="button primary" href="${view.kubeconfigUrl}" download="${view.name}.kubeconfig">${t.connectDownload}</a></p>
<p>${t.connectMerge}</p>
${byShell(page, view, 'merge')}
</section>
<section class="card" aria-labelledby="kubelogin"><h2 id="kubelogin">${t.connectKubelogin}</h2>
<details><summary>${t.connectKubeloginText}</summary>${commands(page, view.withKubelogin)}</details>
</section>
<section class="card" aria-labelledby="trouble"><h2 id="trouble">${t.connectTrouble}</h2>
<ul class="hints"><li>${t.connectTroubleDoctor} <code>kubectl sallyport doctor</code></li>
<li>${t.connectTroublePath}</li>
<li>${t.connectTroubleBrowser} <code>kubectl sallyport login --skip-open-browser</code></li></ul>
</section>`,
  });
}

/** All clusters, to choose one. */
export function clustersPage(
  page: Page,
  clusters: readonly { readonly name: string; readonly server: string; readonly url: string }[],
): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.connectTitle,
    section: 'connect',
    content: html`
<div class="card"><h1>${t.connectTitle}</h1><p>${t.connectText}</p></div>
<ul class="tiles columns">${clusters.map(({ name, server, url }) => html`<li class="card tile"><h2><a href="${url}">${name}</a></h2><p><code>${server}</code></p></li>`)}</ul>`,
  });
}

import { accessTabs } from './access-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { fillProcess, type ProcessShown } from './process-line.ts';
import { time } from './time.ts';

export interface DenialsView {
  readonly action: string;
  readonly kept: string;
  readonly person: string;
  /** Which remembers the refusals. */
  readonly process: ProcessShown;
  readonly denials: readonly {
    /** `list pods` */
    readonly what: string;
    readonly namespace: string;
    readonly count: number;
    readonly lastAt: number;
    /** Why, on the page for one question. */
    readonly url: string;
  }[];
  /** The least that would have allowed it all, as manifests; undefined: not asked for. */
  readonly suggestion: string | undefined;
}

/** What somebody was refused recently, and the least that would have allowed it. */
export function denialsPage(page: Page, view: DenialsView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.denialsTab,
    section: 'access',
    scripts: ['copy'],
    content: html`
${accessTabs(page, '/denials', view.kept)}
<section class="card"><h1>${t.denialsTitle}</h1>
<p>${fillProcess(view.denials.length === 0 ? t.denialsNone : t.denialsText, view.process, { person: html`<bdi>${view.person}</bdi>` })}</p>
${
  view.denials.length > 0 &&
  html`<ul class="items">${view.denials.map(
    ({ what, namespace, count, lastAt, url }) =>
      html`<li><div class="item"><p><a href="${url}"><strong>${what}</strong></a> ${namespace === '' ? t.accessEverywhere : fill(t.accessIn, { namespace })}</p>
<p class="small">${count > 1 && html`${fill(t.denialsCount, { number: count })} · `}${time(lastAt)}</p></div></li>`,
  )}</ul>
<form method="get" action="${view.action}">${[...new URLSearchParams(view.kept)].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button type="submit" class="primary" name="suggest" value="yes">${t.denialsSuggest}</button></form>`
}</section>
${
  view.suggestion !== undefined &&
  html`<section class="card" aria-labelledby="suggestion"><h2 id="suggestion">${t.denialsSuggestion}</h2><p>${t.denialsSuggestionText}</p>
<pre tabindex="0" data-copy="${t.copy}" data-copied="${t.copied}"><code>${view.suggestion}</code></pre></section>`
}`,
  });
}

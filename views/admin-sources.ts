import { type AdminTab, adminTabList } from './admin-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import type { Messages } from './locales/index.ts';
import { fillProcess, type ProcessShown } from './process-line.ts';
import { time } from './time.ts';

export interface AdminSourcesView {
  readonly kinds: readonly AdminTab[];
  readonly sources: readonly {
    readonly id: string;
    readonly fixed: number;
    readonly stored: number;
    readonly factors: readonly ('TOTP' | 'WebAuthn')[];
  }[];
  readonly usersUrl: string;
  /** Of anybody, as far as the process remembers; milliseconds since the epoch. */
  readonly lastSignIn: number | undefined;
  readonly process: ProcessShown;
}

const FACTORS = { TOTP: 'accountTotp', WebAuthn: 'accountPasskey' } as const satisfies Record<
  string,
  keyof Messages
>;

function source(
  page: Page,
  view: AdminSourcesView,
  { id, ...one }: AdminSourcesView['sources'][number],
): Html {
  const { t } = page.locale;
  const first = one.factors.includes('WebAuthn') ? [t.password, t.accountPasskey] : [t.password];
  const fact = (name: string, value: Html | string | number) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<section class="card" aria-labelledby="source-${id}"><h2 id="source-${id}">${t.sourcesLocal}</h2>
<dl class="facts">
${fact(t.sourcesId, html`<code>${id}</code>`)}
${fact(t.sourcesFixed, one.fixed)}
${fact(t.sourcesStored, html`${one.stored} (<a href="${view.usersUrl}">${t.adminUsers}</a>)`)}
${fact(t.sourcesFirst, first.join(', '))}
${fact(t.accountFactors, one.factors.map((kind) => t[FACTORS[kind]]).join(', '))}
${fact(t.sourcesNew, t.sourcesNewText)}
${fact(t.sourcesLast, view.lastSignIn === undefined ? html`${fillProcess(t.sourcesLastNone, view.process)}` : time(view.lastSignIn))}
</dl></section>`;
}

/** Where accounts are kept, and how people come in with them. */
export function adminSourcesPage(page: Page, view: AdminSourcesView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.adminSources,
    section: 'admin',
    content: html`
${adminTabList(page, view.kinds)}
<section class="card"><h1>${t.adminSources}</h1><p>${t.sourcesText}</p></section>
${view.sources.map((one) => source(page, view, one))}`,
  });
}

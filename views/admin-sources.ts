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
    readonly connector?:
      | { readonly name: string; readonly type: string; readonly isAway: boolean }
      | undefined;
    readonly fixed: number;
    readonly stored: number;
    readonly factors: readonly ('TOTP' | 'WebAuthn')[];
  }[];
  readonly usersUrl: string;
  /** By source, of anybody, as far as the process remembers; milliseconds since the epoch. */
  readonly lastSignIn: Readonly<Record<string, number | undefined>>;
  readonly process: ProcessShown;
}

const FACTORS = { TOTP: 'accountTotp', WebAuthn: 'accountPasskey' } as const satisfies Record<
  string,
  keyof Messages
>;

function source(
  page: Page,
  view: AdminSourcesView,
  { id, connector, ...one }: AdminSourcesView['sources'][number],
): Html {
  const { t } = page.locale;
  const first = one.factors.includes('WebAuthn') ? [t.password, t.accountPasskey] : [t.password];
  const fact = (name: string, value: Html | string | number) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const lastSignIn = view.lastSignIn[id];
  return html`<section class="card" aria-labelledby="source-${id}"><h2 id="source-${id}">${connector === undefined ? t.sourcesLocal : html`<bdi>${connector.name}</bdi>`}</h2>
<dl class="facts">
${fact(t.sourcesId, html`<code>${id}</code>`)}
${
  connector === undefined
    ? html`${fact(t.sourcesFixed, one.fixed)}
${fact(t.sourcesStored, html`${one.stored} (<a href="${view.usersUrl}">${t.adminUsers}</a>)`)}
${fact(t.sourcesFirst, first.join(', '))}`
    : html`${fact(t.sourcesType, html`<code>${connector.type}</code>`)}
${fact(t.sourcesSeen, one.stored)}
${fact(t.sourcesAnswers, connector.isAway ? t.sourcesAnswersNot : t.sourcesAnswersLast)}`
}
${fact(t.accountFactors, one.factors.map((kind) => t[FACTORS[kind]]).join(', '))}
${connector === undefined && fact(t.sourcesNew, t.sourcesNewText)}
${fact(t.sourcesLast, lastSignIn === undefined ? html`${fillProcess(t.sourcesLastNone, view.process)}` : time(lastSignIn))}
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

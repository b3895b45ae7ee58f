import { accessField } from './access-form.ts';
import { type AdminTab, adminTabList } from './admin-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { type PagerView, pager } from './pager.ts';
import { fillProcess, type ProcessShown } from './process-line.ts';
import { table } from './table.ts';
import { time } from './time.ts';

export interface AdminEventsView {
  readonly kinds: readonly AdminTab[];
  readonly action: string;
  readonly wanted: { readonly action: string; readonly who: string; readonly result: string };
  /** All that there are. */
  readonly actions: readonly string[];
  readonly events: readonly {
    readonly at: number;
    readonly action: string;
    readonly actor: string | undefined;
    readonly subject: string | undefined;
    readonly client: string | undefined;
    readonly address: string | undefined;
    readonly result: string;
    readonly reason: string | undefined;
    readonly detail?: string | undefined;
  }[];
  /** Of accounts, by their ids: who that is, and their page. */
  readonly people: ReadonlyMap<string, { readonly email: string; readonly url: string }>;
  /** Which remembers the events. */
  readonly process: ProcessShown;
  /** Whether the page is shown anew by itself. */
  readonly follows: boolean;
  readonly followUrl: string;
  readonly pager: PagerView;
}

function choice(name: string, label: string, any: string, options: readonly string[], chosen: string): Html {
  return html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}"><option value="">${any}</option>${options.map((option) => html`<option value="${option}"${option === chosen && html` selected`}>${option}</option>`)}</select></div>`;
}

function found(page: Page, { events, people, pager: place }: AdminEventsView): Html {
  const { t } = page.locale;
  if (events.length === 0) return html`<p>${t.adminNone}</p>`;
  const columns = [
    t.eventsAt,
    t.eventsAction,
    t.eventsResult,
    t.eventsActor,
    t.eventsSubject,
    t.eventsClient,
    t.eventsAddress,
    t.errorDetail,
  ];
  const who = (id = '') => {
    const person = people.get(id);
    return person === undefined ? id : html`<a href="${person.url}"><bdi>${person.email}</bdi></a>`;
  };
  const rows = events.map(({ at, action, result, reason, actor, subject, client, address, detail }) => [
    time(at),
    html`<code>${action}</code>`,
    html`<strong class="${result === 'success' ? 'yes' : 'no'}">${result}</strong> ${reason}`,
    ...[who(actor), who(subject), client, address, detail],
  ]);
  return html`${table({ label: t.adminEvents, columns, rows })}
${pager(page, place)}`;
}

/** What happened lately: who did what to whom. Actions, results and reasons have the trail's own words. */
export function adminEventsPage(page: Page, view: AdminEventsView): Html {
  const { t } = page.locale;
  const { wanted } = view;
  return layout(page, {
    title: t.adminEvents,
    section: 'admin',
    content: html`
${adminTabList(page, view.kinds)}
<section class="card"><h1>${t.adminEvents}</h1><p>${fillProcess(t.eventsText, view.process)}</p>
<form method="get" action="${view.action}" class="filter">
${choice('action', t.eventsAction, t.eventsAny, view.actions, wanted.action)}
${choice('result', t.eventsResult, t.eventsAny, ['success', 'failure'], wanted.result)}
${accessField('who', t.eventsWho, wanted.who, { hint: t.eventsWhoHint })}
${view.follows && html`<input type="hidden" name="follow" value="yes">`}
<button type="submit" class="primary">${t.rightsShow}</button>
</form>
<p class="after"><a class="button secondary" href="${view.followUrl}">${view.follows ? t.eventsStop : t.eventsFollow}</a></p></section>
<section class="card">${found(page, view)}</section>`,
  });
}

import { accessField } from './access-form.ts';
import { type AdminTab, adminTabList } from './admin-tabs.ts';
import type { AdminValueType } from './admin-value.ts';
import { type Content, type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import { type PagerView, pager } from './pager.ts';
import { type FormProblem, invalid, problem } from './problem.ts';
import { table } from './table.ts';

export interface AdminFrame {
  readonly kinds: readonly AdminTab[];
  readonly csrf: string;
  /** Why something was not done. */
  readonly problem?: FormProblem | undefined;
  /** What was done. */
  readonly notice?: Content;
}

export interface AdminFormView {
  readonly action: string;
  readonly legend: string;
  /** What comes of it. */
  readonly about?: string;
  readonly submit: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: readonly {
    readonly name: string;
    readonly label: string;
    readonly type: AdminValueType;
    readonly hint: string | undefined;
    readonly value: string;
  }[];
}

export interface AdminListView extends AdminFrame {
  readonly title: string;
  readonly action: string;
  /** As the API names the kind. */
  readonly resource: string;
  /** What is looked for; '' for everything. */
  readonly find: string;
  /** How many there are, found or not. */
  readonly total: number;
  /** So many were looked through, of more; undefined: all were. */
  readonly cut: number | undefined;
  readonly columns: readonly string[];
  /** The first cell leads to the object. */
  readonly rows: readonly { readonly url: string; readonly cells: readonly Content[] }[];
  readonly pager: PagerView;
  /** To make one, or to do something with all of them. */
  readonly forms: readonly AdminFormView[];
}

export interface AdminObjectView extends AdminFrame {
  readonly title: string;
  /** To all of its kind. */
  readonly back: { readonly url: string; readonly text: string };
  readonly facts: readonly { readonly label: string; readonly value: Content; readonly english: boolean }[];
  readonly forms: readonly AdminFormView[];
  /** What is shown once and never again, or that it was shown. */
  readonly once:
    | {
        readonly title: string;
        readonly items: readonly { readonly label: string; readonly value: string }[];
      }
    | 'shown'
    | undefined;
}

/** With fewer on the page there is nothing to look for. */
const FEW = 8;

function fieldOf(
  { locale: { t } }: Page,
  { name, label, type, hint, value }: AdminFormView['fields'][number],
  wrong: FormProblem | undefined,
): Html {
  if (type === 'flag')
    return html`<p class="choice"><input id="${name}" name="${name}" type="checkbox" value="yes"${value === 'yes' && html` checked`}> <label for="${name}">${label}</label></p>`;
  if (type === 'lines')
    return html`<div class="field"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false"${invalid(wrong, name, `${name}-hint`)}>
${value}</textarea><p class="small" id="${name}-hint">${t.adminLinesHint}</p></div>`;
  const own = [type === 'list' && t.adminListHint, hint].filter(Boolean).join(' ');
  return accessField(name, label, value, { problem: wrong, ...(own !== '' && { hint: own }) });
}

function form(page: Page, { csrf, problem: wrong }: AdminFrame, view: AdminFormView): Html {
  const { about, fields, legend, submit } = view;
  const hidden = Object.entries({ csrf, ...view.hidden });
  return html`<section class="card"><details${fields.length > 0 && html` id="form" open`}><summary>${legend}</summary>
${about !== undefined && html`<p class="after">${about}</p>`}
<form method="post" action="${view.action}">${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields.length > 0 && html`<div class="filter">${fields.map((field) => fieldOf(page, field, wrong))}</div>`}
<button type="submit" class="secondary">${submit}</button></form></details></section>`;
}

function frame(page: Page, view: AdminFrame, title: string, content: Html): Html {
  return layout(page, {
    title,
    section: 'admin',
    error: view.problem !== undefined,
    content: html`
${adminTabList(page, view.kinds)}
${view.problem !== undefined && problem(page, view.problem)}
${view.notice !== undefined && html`<div class="note" role="status"><p>${view.notice}</p></div>`}
${content}`,
  });
}

/** What is above a long list: what to look for, and the way to the form below it. */
function above({ locale: { t } }: Page, { action, find, forms, total }: AdminListView): Html | false {
  if (total <= FEW && find === '') return false;
  const made = forms.find(({ fields }) => fields.length > 0);
  return html`<form method="get" action="${action}" class="filter">
${accessField('find', t.policyFind, find, { hint: t.adminFindHint })}
<button type="submit" class="primary">${t.rightsShow}</button>
</form>${made !== undefined && html`<p class="after"><a href="#form">${made.legend}</a></p>`}`;
}

/** All objects of one kind. */
export function adminListPage(page: Page, view: AdminListView): Html {
  const { t } = page.locale;
  const rows = view.rows.map(({ url, cells: [name, ...cells] }) => [
    html`<a href="${url}"><bdi>${name}</bdi></a>`,
    ...cells,
  ]);
  return frame(
    page,
    view,
    view.title,
    html`<section class="card"><h1>${view.title}</h1>
${above(page, view)}
${view.cut !== undefined && html`<p>${fill(t.adminCut, { number: view.cut, command: html`<code>kubectl get ${view.resource}.sallyport.dev</code>` })}</p>`}
${rows.length === 0 ? html`<p>${t.adminNone}</p>` : table({ label: view.title, columns: view.columns, rows })}
${pager(page, view.pager)}</section>
${view.forms.map((one) => form(page, view, one))}`,
  );
}

function once(t: Messages, shown: AdminObjectView['once']): Html | false {
  if (shown === undefined) return false;
  if (shown === 'shown') return html`<div class="note"><p>${t.adminOnceShown}</p></div>`;
  return html`<section class="card" role="status"><h2>${shown.title}</h2>${shown.items.map(({ label, value }) => html`<h3>${label}</h3><pre tabindex="0"><code>${value}</code></pre>`)}</section>`;
}

/** One object, and what may be done with it. */
export function adminObjectPage(page: Page, view: AdminObjectView): Html {
  const fact = ({ label, value, english }: AdminObjectView['facts'][number]) =>
    html`<div><dt${english && html` lang="en"`}>${label}</dt><dd>${typeof value === 'string' ? html`<bdi>${value}</bdi>` : value}</dd></div>`;
  return frame(
    page,
    view,
    view.title,
    html`${once(page.locale.t, view.once)}
<section class="card"><h1><bdi>${view.title}</bdi></h1>
<p><a href="${view.back.url}">${view.back.text}</a></p>
<dl class="facts">${view.facts.map(fact)}</dl></section>
${view.forms.map((one) => form(page, view, one))}`,
  );
}

/** For who may administer nothing here. */
export function adminRefusedPage(page: Page): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.navAdmin,
    section: 'home',
    error: true,
    content: html`<div class="alert" role="alert"><h1>${t.navAdmin}</h1><p>${fill(t.adminRefused, { group: html`<code>sallyport.dev</code>` })}</p></div>`,
  });
}

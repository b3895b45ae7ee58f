import { accessField } from './access-form.ts';
import { type AdminTab, adminTabList } from './admin-tabs.ts';
import { type Content, type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';
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
  readonly submit: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly fields: readonly {
    readonly name: string;
    readonly label: string;
    readonly type: 'text' | 'list' | 'flag';
    readonly value: string;
  }[];
}

export interface AdminListView extends AdminFrame {
  readonly title: string;
  /** As the API names them. */
  readonly columns: readonly string[];
  /** The first cell leads to the object. */
  readonly rows: readonly { readonly url: string; readonly cells: readonly string[] }[];
  readonly nextUrl: string | undefined;
  /** To make one, or to do something with all of them. */
  readonly forms: readonly AdminFormView[];
}

export interface AdminObjectView extends AdminFrame {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
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

function form({ locale: { t } }: Page, csrf: string, view: AdminFormView): Html {
  const field = ({ name, label, type, value }: AdminFormView['fields'][number]) =>
    type === 'flag'
      ? html`<p class="choice"><input id="${name}" name="${name}" type="checkbox" value="yes"${value === 'yes' && html` checked`}> <label for="${name}">${label}</label></p>`
      : accessField(name, label, value, type === 'list' ? { hint: t.adminListHint } : {});
  const hidden = Object.entries({ csrf, ...view.hidden });
  return html`<section class="card"><details${view.fields.length > 0 && html` open`}><summary>${view.legend}</summary>
<form method="post" action="${view.action}">${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="filter">${view.fields.map(field)}</div>
<button type="submit" class="secondary">${view.submit}</button></form></details></section>`;
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

/** All objects of one kind. Columns have the API's own words, as kubectl has them. */
export function adminListPage(page: Page, view: AdminListView): Html {
  const { t } = page.locale;
  return frame(
    page,
    view,
    view.title,
    html`<section class="card"><h1>${view.title}</h1>
${
  view.rows.length === 0
    ? html`<p>${t.adminNone}</p>`
    : table({
        label: view.title,
        columns: view.columns,
        rows: view.rows.map(({ url, cells: [name = '', ...cells] }) => [
          html`<a href="${url}"><bdi>${name}</bdi></a>`,
          ...cells,
        ]),
        english: 'columns',
      })
}
${view.nextUrl !== undefined && html`<p><a class="button secondary" rel="next" href="${view.nextUrl}">${t.pagerOn}</a></p>`}</section>
${view.forms.map((one) => form(page, view.csrf, one))}`,
  );
}

function once(t: Messages, shown: AdminObjectView['once']): Html | false {
  if (shown === undefined) return false;
  if (shown === 'shown') return html`<div class="note"><p>${t.adminOnceShown}</p></div>`;
  return html`<section class="card" role="status"><h2>${shown.title}</h2>${shown.items.map(({ label, value }) => html`<h3>${label}</h3><pre tabindex="0"><code>${value}</code></pre>`)}</section>`;
}

/** One object, and what may be done with it. */
export function adminObjectPage(page: Page, view: AdminObjectView): Html {
  const { t } = page.locale;
  return frame(
    page,
    view,
    view.title,
    html`${once(t, view.once)}
<section class="card"><h1>${view.title}</h1>
<dl class="facts">${view.facts.map(([name, value]) => html`<div><dt lang="en">${name}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl></section>
${view.forms.map((one) => form(page, view.csrf, one))}`,
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

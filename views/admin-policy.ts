import { accessField, clusterField } from './access-form.ts';
import { type AdminTab, adminTabList } from './admin-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type PagerView, pager } from './pager.ts';
import { secondsText } from './seconds.ts';
import { table } from './table.ts';
import { time } from './time.ts';

/** What both pages about a policy have. */
export interface PolicyFrame {
  readonly kinds: readonly AdminTab[];
  /** Names to choose from, '' for the one without; none where there is only one. */
  readonly clusters: readonly string[];
  readonly cluster: string | undefined;
  readonly objectsUrl: string;
  readonly findingsUrl: string;
  /** Where to ask who may do something there. */
  readonly whoUrl: string;
}

export interface AdminPolicyView extends PolicyFrame {
  readonly action: string;
  /** What is looked for; '' for everything. */
  readonly find: string;
  readonly sources: readonly {
    readonly name: string;
    readonly roles: number;
    readonly bindings: number;
    readonly state:
      | { readonly type: 'files'; readonly since: number; readonly upToDate: boolean }
      | { readonly type: 'followed'; readonly silentFor: number }
      | { readonly type: 'own' };
  }[];
  readonly objects: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly source: string;
    /** Its rules, or its subjects with the role. */
    readonly lines: readonly string[];
  }[];
  readonly pager: PagerView;
}

export interface AdminFindingsView extends PolicyFrame {
  /** To be looked through here. */
  readonly tooLarge: boolean;
  readonly findings: readonly {
    readonly severity: string;
    readonly rule: string;
    readonly object: string;
    readonly field?: string;
    readonly message: string;
    readonly remedy: string;
  }[];
  readonly pager: PagerView;
}

/** Lines that are shown of each object; the rest is a number. */
const MOST_LINES = 4;

function frame(page: Page, view: PolicyFrame, title: string, content: Html): Html {
  return layout(page, {
    title,
    section: 'admin',
    content: html`
${adminTabList(page, view.kinds)}
${content}`,
  });
}

function state({ locale: { lang, t } }: Page, { state }: AdminPolicyView['sources'][number]) {
  if (state.type === 'own') return t.policyOwn;
  if (state.type === 'followed')
    return fill(t.policyFollowed, { seconds: secondsText(lang, Math.round(state.silentFor / 1000)) });
  const text = fill(state.upToDate ? t.policyFiles : t.policyFilesRefused, { time: time(state.since) });
  return state.upToDate ? text : html`<strong class="no">${text}</strong>`;
}

function lines(all: readonly string[]): Html {
  const [shown, rest] = [all.slice(0, MOST_LINES), all.slice(MOST_LINES)];
  const line = (text: string) => html`<p><code>${text}</code></p>`;
  return html`${shown.map(line)}${rest.length > 0 && html`<details><summary>+${rest.length}</summary>${rest.map(line)}</details>`}`;
}

/** The roles and bindings that the gateway decides by, and where it has them from. */
export function adminPolicyPage(page: Page, view: AdminPolicyView): Html {
  const { t } = page.locale;
  return frame(
    page,
    view,
    t.adminPolicy,
    html`<section class="card"><h1>${t.adminPolicy}</h1><p>${t.policyText}</p>
${table({
  label: t.policySource,
  columns: [t.policySource, t.policyRoles, t.policyBindings, t.policyState],
  rows: view.sources.map((source) => [source.name, source.roles, source.bindings, state(page, source)]),
})}
<div class="choices"><a class="button secondary" href="${view.findingsUrl}">${t.policyFindings}</a><a class="button secondary" href="${view.whoUrl}">${t.whoTitle}</a></div></section>
<section class="card"><h2>${t.policyObjects}</h2>
<form method="get" action="${view.action}" class="filter">
${clusterField(page, view.clusters, view.cluster)}
${accessField('find', t.policyFind, view.find, { hint: t.policyFindHint })}
<button type="submit" class="primary">${t.rightsShow}</button>
</form>
${
  view.objects.length === 0
    ? html`<p>${t.adminNone}</p>`
    : table({
        label: t.policyObjects,
        columns: [t.policyObject, t.accessNamespace, t.policySource, t.policyGives],
        rows: view.objects.map(({ kind, name, namespace, source, lines: all }) => [
          `${kind} ${name}`,
          namespace,
          source,
          lines(all),
        ]),
      })
}
${pager(page, view.pager)}</section>`,
  );
}

function findings(page: Page, view: AdminFindingsView): Html {
  const { t } = page.locale;
  if (view.tooLarge)
    return html`<p>${fill(t.policyFindingsTooMany, { command: html`<code>sallyport lint</code>` })}</p>`;
  if (view.findings.length === 0) return html`<p>${t.policyFindingsNone}</p>`;
  const rows = view.findings.map(({ object, severity, rule, field, message, remedy }) => [
    object,
    severity,
    html`<p>${message}</p><p class="small">${field !== undefined && html`<code>${field}</code> · `}${remedy} (<code>${rule}</code>)</p>`,
  ]);
  const columns = [t.policyObject, t.policySeverity, t.policyFinding];
  return html`${table({ label: t.policyFindings, columns, rows, english: 'rows' })}
${pager(page, view.pager)}`;
}

/** What lint has to say about them, in its own words. */
export function adminFindingsPage(page: Page, view: AdminFindingsView): Html {
  const { t } = page.locale;
  return frame(
    page,
    view,
    t.policyFindings,
    html`<section class="card"><h1>${t.policyFindings}</h1><p>${fill(t.policyFindingsText, { command: html`<code>sallyport lint</code>` })}</p>
<p><a href="${view.objectsUrl}">${t.policyObjects}</a></p></section>
<section class="card">${findings(page, view)}</section>`,
  );
}

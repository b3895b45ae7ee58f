import { accessField, accessProblem, clusterField } from './access-form.ts';
import { accessTabs } from './access-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type PagerView, pager } from './pager.ts';
import { problem } from './problem.ts';
import { table } from './table.ts';

export interface WhoCanView {
  readonly action: string;
  readonly clusters: readonly string[];
  readonly cluster: string | undefined;
  readonly asked: {
    readonly verb: string;
    readonly resource: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly kept: string;
  /** The field that can't be understood. */
  readonly wrong: string | undefined;
  /** undefined: nothing is asked; `mayNot`: the person may not list roles and bindings there. */
  readonly answer: 'mayNot' | WhoCanAnswer | undefined;
}

export interface WhoCanAnswer {
  readonly subjects: readonly {
    readonly subject: string;
    /** `*` alone for everywhere. */
    readonly namespaces: readonly string[];
    readonly ways: readonly { readonly binding: string; readonly role: string }[];
  }[];
  readonly pager: PagerView;
}

/** Ways that are shown of each subject; the rest is a number. */
const MOST_WAYS = 3;

function answered(page: Page, view: WhoCanView): Html | false {
  const { t } = page.locale;
  const { answer } = view;
  if (answer === undefined) return false;
  if (answer === 'mayNot') return html`<div class="alert" role="alert"><p>${t.whoMayNot}</p></div>`;
  if (answer.subjects.length === 0)
    return html`<section class="card"><h2>${t.whoNobody}</h2><p>${t.whoSuperusers}</p></section>`;
  const rows = answer.subjects.map(({ subject, namespaces, ways }) => [
    subject,
    html`${namespaces.includes('*') ? t.rightsEverywhere : namespaces.slice(0, 5).join(', ')}${namespaces.length > 5 && html` +${namespaces.length - 5}`}`,
    html`${ways.slice(0, MOST_WAYS).map(({ binding, role }) => html`<p>${binding} → ${role}</p>`)}${ways.length > MOST_WAYS && html`<p class="small">+${ways.length - MOST_WAYS}</p>`}`,
  ]);
  return html`<section class="card"><h2>${fill(t.whoCount, { number: answer.pager.total })}</h2>
${table({ label: t.whoTab, columns: [t.whoSubject, t.accessNamespace, t.whoBy], rows })}
${pager(page, answer.pager)}
<p class="small">${t.whoSuperusers}</p></section>`;
}

/** Everybody who may do one thing, and by what. */
export function whoCanPage(page: Page, view: WhoCanView): Html {
  const { t } = page.locale;
  const { asked } = view;
  const why = accessProblem(page, view.wrong);
  return layout(page, {
    title: t.whoTab,
    section: 'access',
    error: why !== undefined,
    content: html`
${accessTabs(page, '/who', view.kept)}
${why !== undefined && problem(page, why)}
<section class="card"><h1>${t.whoTitle}</h1>
<form method="get" action="${view.action}" class="filter">
${clusterField(page, view.clusters, view.cluster)}
${accessField('verb', t.accessVerb, asked.verb, { problem: why })}
${accessField('resource', t.accessResource, asked.resource, { hint: 'pods, pods/log, deployments.apps, /healthz', problem: why })}
${accessField('namespace', t.accessNamespace, asked.namespace, { hint: t.whoNamespaceHint, problem: why })}
${accessField('name', t.accessName, asked.name, { problem: why })}
<button type="submit" class="primary">${t.accessSubmit}</button>
</form></section>
${answered(page, view)}`,
  });
}

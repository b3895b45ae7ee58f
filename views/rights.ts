import { accessField, clusterField, eyesFields } from './access-form.ts';
import { accessTabs } from './access-tabs.ts';
import { groupChips } from './group-chips.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type PagerView, pager } from './pager.ts';
import { type GraphEdge, rightsGraph } from './rights-graph.ts';

export interface RightsLine {
  /** `*` for everywhere. */
  readonly namespace: string;
  readonly resource: string;
  /** Empty for every name. */
  readonly names: readonly string[];
  /** The usual verbs in order, then those that only this line has. */
  readonly cells: readonly { readonly verb: string; readonly allowed: boolean; readonly url: string }[];
}

export interface RightsView {
  readonly action: string;
  readonly clusters: readonly string[];
  readonly cluster: string | undefined;
  readonly namespace: string;
  readonly resource: string;
  /** With whose eyes; '' for the person's own. */
  readonly as: string;
  readonly groupsAsked: string;
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  /** May do everything, whatever the table says. */
  readonly superuser: boolean;
  readonly usualVerbs: readonly string[];
  readonly lines: readonly RightsLine[];
  readonly paths: readonly { readonly path: string; readonly verbs: readonly string[] }[];
  readonly graph: readonly GraphEdge[];
  readonly pager: PagerView;
  readonly csvUrl: string;
  readonly jsonUrl: string;
  /** What the other pages about rights are to know, as a query. */
  readonly kept: string;
  /** There are too many rights to show them at once. */
  readonly tooMany: boolean;
}

function matrix(page: Page, view: RightsView): Html {
  const { t } = page.locale;
  if (view.tooMany) return html`<p>${t.rightsTooMany}</p>`;
  if (view.lines.length === 0) return html`<p>${t.rightsNone}</p>`;
  const mark = ({ verb, allowed, url }: RightsLine['cells'][number], resource: string) =>
    html`<a class="${allowed ? 'yes' : 'no'}" href="${url}" aria-label="${fill(allowed ? t.rightsYes : t.rightsNo, { verb, resource }).join('')}">${allowed ? '✓' : '✗'}</a>`;
  const usual = view.usualVerbs.length;
  const row = ({ namespace, resource, names, cells }: RightsLine) =>
    html`<tr><th scope="row"><code>${resource}</code>${names.length > 0 && html` <span class="small">${names.slice(0, 3).join(', ')}${names.length > 3 && html` +${names.length - 3}`}</span>`}</th><td data-label="${t.accessNamespace}">${namespace === '*' ? t.rightsEverywhere : html`<bdi>${namespace}</bdi>`}</td>${cells.slice(0, usual).map((cell) => html`<td class="mark" data-label="${cell.verb}">${mark(cell, resource)}</td>`)}<td>${cells.slice(usual).map((cell) => html`<span class="further">${cell.verb} ${mark(cell, resource)}</span>`)}</td></tr>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${t.rightsTab}"><table class="matrix">
<thead><tr><th scope="col">${t.rightsResource}</th><th scope="col">${t.accessNamespace}</th>${view.usualVerbs.map((verb) => html`<th scope="col" class="mark">${verb === 'deletecollection' ? html`delete<wbr>collection` : verb}</th>`)}<th scope="col">${t.rightsFurther}</th></tr></thead>
<tbody>${view.lines.map(row)}</tbody></table></div>
${pager(page, view.pager)}`;
}

function paths(page: Page, view: RightsView): Html | false {
  const { t } = page.locale;
  return (
    view.paths.length > 0 &&
    html`<section class="card"><details><summary>${t.rightsPaths}</summary><ul class="hints">${view.paths.map(({ path, verbs }) => html`<li>${verbs.join(', ')} <code>${path}</code></li>`)}</ul></details></section>`
  );
}

/** Everything that somebody may do, place by place and verb by verb. */
export function rightsPage(page: Page, view: RightsView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.rightsTab,
    section: 'access',
    content: html`
${accessTabs(page, '/rights', view.kept)}
<section class="card"><h1>${t.rightsTitle}</h1>
<dl class="facts"><div><dt>${view.as === '' ? t.accessYou : t.asSeenAs}</dt><dd>${view.user.username}</dd></div>
<div><dt>${t.groups}</dt><dd>${groupChips(page, view.user.groups)}</dd></div></dl>
${view.superuser && html`<p class="note">${t.rightsSuperuser}</p>`}
<form method="get" action="${view.action}" class="filter">
${clusterField(page, view.clusters, view.cluster)}
${accessField('namespace', t.accessNamespace, view.namespace, { hint: t.rightsNamespaceHint })}
${accessField('resource', t.rightsResource, view.resource, { hint: t.rightsResourceHint })}
${eyesFields(page, view.as, view.groupsAsked)}
<button type="submit" class="primary">${t.rightsShow}</button>
</form></section>
<section class="card">
${matrix(page, view)}
<p class="small">${t.rightsExport} <a href="${view.csvUrl}">CSV</a> · <a href="${view.jsonUrl}">JSON</a></p></section>
${view.graph.length > 0 && html`<section class="card"><details open><summary>${t.rightsPicture}</summary>${rightsGraph(page, view.graph)}</details></section>`}
${paths(page, view)}`,
  });
}

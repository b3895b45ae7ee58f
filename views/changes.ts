import { clusterField } from './access-form.ts';
import { accessTabs } from './access-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { english, problem } from './problem.ts';

export interface ChangesView {
  readonly action: string;
  readonly csrf: string;
  readonly clusters: readonly string[];
  readonly cluster: string | undefined;
  readonly kept: string;
  /** As it was pasted. */
  readonly manifests: string;
  /** undefined: nothing was pasted. */
  readonly answer:
    | undefined
    | 'mayNot'
    | 'tooMany'
    | { readonly problems: readonly string[] }
    | { readonly changes: readonly ChangeLine[]; readonly further: number };
}

export interface ChangeLine {
  readonly gains: boolean;
  readonly subject: string;
  /** `get, list pods in dev` */
  readonly right: string;
  /** What of it does not change; '' for nothing. */
  readonly except: string;
}

function answered(page: Page, { answer }: ChangesView): Html | false {
  const { t } = page.locale;
  if (answer === undefined) return false;
  if (answer === 'mayNot') return problem(page, t.whoMayNot);
  if (answer === 'tooMany') return problem(page, t.rightsTooMany);
  if ('problems' in answer)
    return problem(page, english(answer.problems.slice(0, 5).join(' · ')), 'manifests');
  if (answer.changes.length === 0)
    return html`<section class="card" role="status"><h2>${t.changesNone}</h2></section>`;
  return html`<section class="card"><h2>${t.changesFound}</h2>
<div class="scroll" tabindex="0" role="group" aria-label="${t.changesFound}"><table>
<thead><tr><th scope="col">${t.changesChange}</th><th scope="col">${t.whoSubject}</th><th scope="col">${t.changesRight}</th></tr></thead>
<tbody>${answer.changes.map(
    ({ gains, subject, right, except }) =>
      html`<tr><td><strong class="${gains ? 'yes' : 'no'}">${gains ? `+ ${t.changesGains}` : `− ${t.changesLoses}`}</strong></td><th scope="row">${subject}</th><td>${right}${except !== '' && html` <span class="small">(${t.changesBut} ${except})</span>`}</td></tr>`,
  )}</tbody></table></div>
${answer.further > 0 && html`<p>${fill(t.changesFurther, { number: answer.further })}</p>`}</section>`;
}

/** What roles and bindings would change if they were applied: who gains what, who loses what. */
export function changesPage(page: Page, view: ChangesView): Html {
  const { t } = page.locale;
  const hasProblem =
    typeof view.answer === 'string' || (view.answer !== undefined && 'problems' in view.answer);
  return layout(page, {
    title: t.changesTab,
    section: 'access',
    error: hasProblem,
    content: html`
${accessTabs(page, '/changes', view.kept)}
${answered(page, view)}
<section class="card"><h1>${t.changesTitle}</h1><p>${t.changesText}</p>
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
${clusterField(page, view.clusters, view.cluster)}
<div class="field"><label for="manifests">${t.changesManifests}</label>
<textarea id="manifests" name="manifests" rows="14" spellcheck="false" autocapitalize="none" required${hasProblem && html` aria-invalid="true" aria-describedby="error"`}>
${view.manifests}</textarea></div>
<button type="submit" class="primary">${t.changesSubmit}</button>
</form></section>`,
  });
}

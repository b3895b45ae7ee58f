import { clusterField } from './access-form.ts';
import { accessTabs } from './access-tabs.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { english, type FormProblem, invalid, problem } from './problem.ts';
import { table } from './table.ts';

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
    /** It is not kept any more. */
    | 'gone'
    /** The form was of another session. */
    | 'stale'
    | 'tooMany'
    | { readonly problems: readonly string[] }
    | { readonly changes: readonly ChangeLine[]; readonly further: number };
}

/** Rights that are shown of each subject at once; the rest can be unfolded. */
const MOST_RIGHTS = 12;

export interface ChangeLine {
  readonly gains: boolean;
  readonly subject: string;
  /** `get, list pods in dev` */
  readonly right: string;
  /** What of it does not change; '' for nothing. */
  readonly except: string;
}

/** Why there is no answer. */
function refused({ locale: { t } }: Page, { answer }: ChangesView): FormProblem | undefined {
  if (answer === 'mayNot') return { message: t.whoMayNot };
  if (answer === 'gone') return { message: t.changesGone, field: 'manifests' };
  if (answer === 'stale') return { message: t.formStale };
  if (answer === 'tooMany') return { message: t.rightsTooMany };
  if (answer === undefined || !('problems' in answer)) return undefined;
  return { message: english(answer.problems.slice(0, 5).join(' · ')), field: 'manifests' };
}

/** What one subject gains, or loses, in one row: all lines that stand together and say it of the same one. */
function bySubject(lines: readonly ChangeLine[]): readonly (readonly ChangeLine[])[] {
  const rows: ChangeLine[][] = [];
  for (const line of lines) {
    const last = rows.at(-1);
    if (last?.[0]?.subject === line.subject && last[0].gains === line.gains) last.push(line);
    else rows.push([line]);
  }
  return rows;
}

function rights({ locale: { t } }: Page, lines: readonly ChangeLine[]): Html {
  const [shown, rest] = [lines.slice(0, MOST_RIGHTS), lines.slice(MOST_RIGHTS)];
  const one = ({ right, except }: ChangeLine) =>
    html`<p>${right}${except !== '' && html` <span class="small">(${t.changesBut} ${except})</span>`}</p>`;
  return html`${shown.map(one)}${rest.length > 0 && html`<details><summary>+${rest.length}</summary>${rest.map(one)}</details>`}`;
}

function answered(page: Page, { answer }: ChangesView): Html | false {
  const { t } = page.locale;
  if (answer === undefined || typeof answer === 'string' || 'problems' in answer) return false;
  if (answer.changes.length === 0) return html`<h2 role="status">${t.changesNone}</h2>`;
  const rows = bySubject(answer.changes).map((lines) => [
    lines[0]?.subject,
    lines[0]?.gains === true
      ? html`<strong class="yes">+ ${t.changesGains}</strong>`
      : html`<strong class="no">− ${t.changesLoses}</strong>`,
    rights(page, lines),
  ]);
  return html`<h2>${t.changesFound}</h2>
${table({ label: t.changesFound, columns: [t.whoSubject, t.changesChange, t.changesRight], rows })}
${answer.further > 0 && html`<p>${fill(t.changesFurther, { number: answer.further })}</p>`}`;
}

/** What roles and bindings would change if they were applied: who gains what, who loses what. */
export function changesPage(page: Page, view: ChangesView): Html {
  const { t } = page.locale;
  const why = refused(page, view);
  const found = answered(page, view);
  return layout(page, {
    title: t.changesTab,
    section: 'access',
    error: why !== undefined,
    content: html`
${accessTabs(page, '/changes', view.kept)}
${why !== undefined && problem(page, why)}
<section class="card"><h1>${t.changesTitle}</h1>${found === false ? html`<p>${t.changesText}</p>` : html`${found}</section>\n<section class="card">`}
<form method="post" action="${view.action}">
<input type="hidden" name="csrf" value="${view.csrf}">
${clusterField(page, view.clusters, view.cluster)}
<div class="field"><label for="manifests">${t.changesManifests}</label>
<textarea id="manifests" name="manifests" rows="14" spellcheck="false" autocapitalize="none" required${invalid(why, 'manifests')}>
${view.manifests}</textarea></div>
<button type="submit" class="primary">${t.changesSubmit}</button>
</form></section>`,
  });
}

import { type Content, type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import { type FormProblem, invalid } from './problem.ts';

/** A field of a form that asks about rights: no name in it is one that a browser should fill. */
export function accessField(
  name: string,
  label: string,
  value: string,
  { hint, problem }: { readonly hint?: Content; readonly problem?: FormProblem | undefined } = {},
): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="1024" value="${value}"${invalid(problem, name, hint === undefined ? undefined : `${name}-hint`)}>
${hint !== undefined && html`<p class="small" id="${name}-hint">${hint}</p>`}</div>`;
}

const LABELS: Readonly<Record<string, keyof Messages>> = {
  cluster: 'accessCluster',
  verb: 'accessVerb',
  resource: 'accessResource',
  namespace: 'accessNamespace',
  name: 'accessName',
};

/** That a field of the form makes no sense, by its label. */
export function accessProblem({ locale: { t } }: Page, field: string | undefined): FormProblem | undefined {
  if (field === undefined) return undefined;
  const label = LABELS[field];
  const message = fill(t.accessWrong, { field: label === undefined ? field : t[label] });
  // Where there is one cluster there is no field for it.
  return { message, field: field === 'cluster' ? undefined : field };
}

/** Which cluster, where there are several. @param clusters names, '' for the one without */
export function clusterField(
  { locale: { t } }: Page,
  clusters: readonly string[],
  chosen: string | undefined,
): Html | false {
  const options = clusters.map(
    (name) =>
      html`<option value="${name}"${name === (chosen ?? '') && html` selected`}>${name === '' ? t.accessThisCluster : name}</option>`,
  );
  return (
    clusters.length > 0 &&
    html`<div class="field"><label for="cluster">${t.accessCluster}</label><select id="cluster" name="cluster">${options}</select></div>`
  );
}

/** A flag, which no line ends within. */
const whole = (flag: string) => html`<code class="whole">${flag}</code>`;

/** With whose eyes, for who may act as others. */
export function eyesFields({ locale: { t } }: Page, as: string, groups: string): Html {
  return html`<details${as !== '' && html` open`}><summary>${t.asSeenBy}</summary><div class="filter">
${accessField('as', t.asUser, as, { hint: fill(t.asHint, { flag: whole('--as') }) })}
${accessField('groups', t.groups, groups, { hint: fill(t.asGroupsHint, { flag: whole('--as-group') }) })}</div></details>`;
}

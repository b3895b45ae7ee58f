import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** A field of a form that asks about rights: no name in it is one that a browser should fill. */
export function accessField(
  name: string,
  label: string,
  value: string,
  { hint, wrong = false }: { readonly hint?: string | undefined; readonly wrong?: boolean } = {},
): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="1024" value="${value}"${wrong && html` aria-invalid="true" autofocus`}${hint !== undefined && html` aria-describedby="${name}-hint"`}>
${hint !== undefined && html`<p class="small" id="${name}-hint">${hint}</p>`}</div>`;
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

/** With whose eyes, for who may act as others. */
export function eyesFields({ locale: { t } }: Page, as: string, groups: string): Html {
  return html`<details${as !== '' && html` open`}><summary>${t.asSeenBy}</summary><div class="filter">
${accessField('as', t.asUser, as, { hint: t.asHint })}
${accessField('groups', t.groups, groups, { hint: t.asGroupsHint })}</div></details>`;
}

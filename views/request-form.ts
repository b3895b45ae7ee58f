import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { type FormProblem, invalid } from './problem.ts';

/** What the form to ask for access holds. */
export interface RequestDraft {
  readonly cluster: string;
  readonly namespace: string;
  readonly role: string;
  readonly duration: string;
  readonly reason: string;
  /** Names to choose from; none where there is only one. */
  readonly clusters: readonly string[];
  /** Roles that are offered; others can be typed. */
  readonly roles: readonly string[];
  /** The longest that can be asked for: `8h`. */
  readonly longest: string;
}

const text = html`type="text" autocomplete="off" autocapitalize="none" spellcheck="false"`;

interface AskFormView {
  readonly action: string;
  readonly csrf: string;
  readonly draft: RequestDraft;
  /** What the error on the page is about. */
  readonly problem: FormProblem | undefined;
}

/** The form to ask for a role. */
export function askForm(page: Page, { action, csrf, draft, problem }: AskFormView): Html {
  const { t } = page.locale;
  const about = (field: string) => invalid(problem, field, `${field}-hint`);
  const options = draft.clusters.map(
    (name) =>
      html`<option value="${name}"${name === draft.cluster && html` selected`}>${name === '' ? t.accessThisCluster : name}</option>`,
  );
  return html`<form class="card" method="post" action="${action}">
<h2>${t.requestAsk}</h2>
<input type="hidden" name="csrf" value="${csrf}">
<div class="filter">
${draft.clusters.length > 0 && html`<div class="field"><label for="cluster">${t.accessCluster}</label><select id="cluster" name="cluster">${options}</select></div>`}
<div class="field"><label for="role">${t.requestRole}</label>
<input id="role" name="role" ${text} maxlength="260" list="roles" value="${draft.role}" required${about('role')}>
<datalist id="roles">${draft.roles.map((role) => html`<option value="${role}"></option>`)}</datalist>
<p class="small" id="role-hint">${t.requestRoleHint}</p></div>
<div class="field"><label for="namespace">${t.accessNamespace}</label>
<input id="namespace" name="namespace" ${text} maxlength="63" value="${draft.namespace}"${about('namespace')}>
<p class="small" id="namespace-hint">${t.requestNamespaceHint}</p></div>
<div class="field"><label for="duration">${t.requestDuration}</label>
<input id="duration" name="duration" ${text} maxlength="64" value="${draft.duration}" required${about('duration')}>
<p class="small" id="duration-hint">${fill(t.requestDurationHint, { longest: draft.longest })}</p></div></div>
<div class="field"><label for="reason">${t.requestReason}</label>
<textarea id="reason" name="reason" rows="3" maxlength="1024" required${about('reason')}>${draft.reason}</textarea>
<p class="small" id="reason-hint">${t.requestReasonHint}</p></div>
<button type="submit" class="primary">${t.requestSubmit}</button>
</form>`;
}

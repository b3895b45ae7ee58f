import { accessField, accessProblem, clusterField, eyesFields } from './access-form.ts';
import { accessTabs } from './access-tabs.ts';
import { groupChips } from './group-chips.ts';
import { type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill } from './locales/index.ts';
import { english, problem } from './problem.ts';

/** What was asked, as the form shows it again. */
export interface AccessAsked {
  readonly cluster?: string | undefined;
  readonly verb?: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
}

export interface AccessShown {
  readonly allowed: boolean;
  /** `list pods`, `get /healthz` */
  readonly action: string;
  /** '' for all of them, and for what is in none. */
  readonly namespace: string;
  readonly reason: string;
  readonly grant?: {
    readonly binding: string;
    readonly role: string;
    readonly subject: string;
    readonly rule: string;
  };
  readonly nearMisses: readonly { readonly message: string; readonly remedy: string }[];
}

export interface AccessView {
  readonly action: string;
  /** The Kubernetes user. */
  readonly person: string;
  readonly groups: readonly string[];
  /** With whose eyes; '' for the person's own. */
  readonly as: string;
  readonly groupsAsked: string;
  /** What the other pages about rights are to know, as a query. */
  readonly kept: string;
  /** Names to choose from; none where there is only one. */
  readonly clusters: readonly string[];
  readonly asked: AccessAsked;
  /** The field that can't be understood. */
  readonly wrong?: string;
  /** The account is nobody in Kubernetes. */
  readonly nobody?: boolean;
  readonly answer?: AccessShown | undefined;
  /** Where what was refused can be asked for; undefined: nothing was. */
  readonly askUrl?: string | undefined;
}

function resourceValue({ resource = '', apiGroup = '', subresource = '', path = '' }: AccessAsked): string {
  if (path !== '') return path;
  return `${resource}${apiGroup === '' ? '' : `.${apiGroup}`}${subresource === '' ? '' : `/${subresource}`}`;
}

/** The form. It stands alone below an answer, and below its own heading where there is none. */
function question(page: Page, view: AccessView): Html {
  const { t } = page.locale;
  const { asked, clusters } = view;
  const field = (name: string, label: string, value: string, hint?: string) =>
    accessField(name, label, value, { hint, problem: accessProblem(page, view.wrong) });
  const head =
    view.answer === undefined && view.nobody !== true
      ? html`<h1>${t.accessTitle}</h1><p>${t.accessText}</p>`
      : html`<h2>${t.accessAsk}</h2>`;
  return html`<section class="card">${head}
<form class="filter" method="get" action="${view.action}">
${clusterField(page, clusters, asked.cluster)}
${field('verb', t.accessVerb, asked.verb ?? '', 'get, list, watch, create, update, patch, delete')}
${field('resource', t.accessResource, resourceValue(asked), 'pods, pods/log, deployments.apps, /healthz')}
${field('namespace', t.accessNamespace, asked.namespace ?? '', t.accessNamespaceHint)}
${field('name', t.accessName, asked.name ?? '')}
${eyesFields(page, view.as, view.groupsAsked)}
<button type="submit" class="primary">${t.accessSubmit}</button>
</form></section>`;
}

function allowedBy(page: Page, { grant, reason }: AccessShown): Html {
  const { t } = page.locale;
  if (grant === undefined) return html`${reason !== '' && html`<p lang="en">${reason}</p>`}`;
  return html`<dl class="facts">
<div><dt>${t.accessBinding}</dt><dd>${grant.binding}</dd></div>
<div><dt>${t.accessSubject}</dt><dd>${grant.subject}</dd></div>
<div><dt>${t.accessRole}</dt><dd>${grant.role}</dd></div>
<div><dt>${t.accessRule}</dt><dd><code>${grant.rule}</code></dd></div>
</dl>`;
}

function refusedBecause(page: Page, view: AccessView, answer: AccessShown): Html {
  const { t } = page.locale;
  const place =
    answer.namespace === '' ? t.accessEverywhere : fill(t.accessIn, { namespace: answer.namespace });
  const [nearest] = answer.nearMisses;
  return html`${answer.reason !== '' && html`<p lang="en">${answer.reason}</p>`}
${
  answer.nearMisses.length === 0
    ? html`<p>${t.accessNoWhy}</p>`
    : html`<h2>${t.accessNearest}</h2><ol class="misses">${answer.nearMisses.map(({ message, remedy }) => html`<li><p lang="en">${message}</p><p class="small"><strong>${t.accessRemedy}</strong> ${english(remedy)}</p></li>`)}</ol>`
}
${view.askUrl !== undefined && page.site.sections.has('requests') && html`<p><a class="button secondary" href="${view.askUrl}">${t.accessAskFor}</a></p>`}
<h2>${t.accessSend}</h2>
<pre tabindex="0">${fill(t.accessRequest, { person: view.person, action: answer.action, place })}${nearest !== undefined && html`\n${english(nearest.remedy)}`}</pre>`;
}

function verdictTitle({ locale: { t } }: Page, { as, person }: AccessView, { allowed }: AccessShown): string {
  if (as === '') return allowed ? t.accessYes : t.accessNo;
  return fill(allowed ? t.accessYesOther : t.accessNoOther, { person }).join('');
}

function verdict(page: Page, view: AccessView, answer: AccessShown): Html {
  const { t } = page.locale;
  const place =
    answer.namespace === '' ? t.accessEverywhere : fill(t.accessIn, { namespace: answer.namespace });
  return html`<section class="card"><h1>${verdictTitle(page, view, answer)}</h1>
<p class="lead"><strong>${answer.action}</strong> ${place}</p>
${answer.allowed ? allowedBy(page, answer) : refusedBecause(page, view, answer)}</section>`;
}

/** What the person may do, and why: one question, its answer, and what to ask the owner for. */
export function accessPage(page: Page, view: AccessView): Html {
  const { t } = page.locale;
  const { answer } = view;
  const why = accessProblem(page, view.wrong);
  const title = answer === undefined ? t.accessTitle : verdictTitle(page, view, answer);
  return layout(page, {
    title,
    section: 'access',
    error: why !== undefined,
    content: html`
${accessTabs(page, '', view.kept)}
${why !== undefined && problem(page, why)}
${view.nobody === true ? html`<div class="alert" role="alert"><h1>${t.accessTitle}</h1><p>${t.accessNobody}</p></div>` : answer !== undefined && verdict(page, view, answer)}
${question(page, view)}
<section class="card"><h2>${view.as === '' ? t.accessYou : t.asSeenAs}</h2>
<dl class="facts"><div><dt>${t.usernameLabel}</dt><dd>${view.person}</dd></div>
<div><dt>${t.groups}</dt><dd>${groupChips(page, view.groups)}</dd></div></dl></section>`,
  });
}

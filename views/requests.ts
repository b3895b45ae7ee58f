import { type Content, type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';
import { askForm, type RequestDraft } from './request-form.ts';
import { time } from './time.ts';

/** A request as a page shows it. */
export interface RequestShown {
  /** '' for the cluster without a name, or the only one. */
  readonly cluster: string;
  /** '' for the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly requester: string;
  /** Who acted as the requester. */
  readonly impersonator: string | undefined;
  /** `ClusterRole/edit` */
  readonly role: string;
  readonly duration: string;
  readonly reason: string;
  readonly phase: 'Pending' | 'Approved' | 'Active' | 'Denied' | 'Expired' | 'Revoked';
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly until: number | undefined;
  /** Who decided last, and in which words. */
  readonly decided: { readonly by: string; readonly message: string } | undefined;
}

export interface RequestsView {
  /** Path that all forms begin with. */
  readonly action: string;
  readonly csrf: string;
  /** The Kubernetes user. */
  readonly person: string;
  /** What waits for this person. */
  readonly toDecide: readonly RequestShown[];
  /** What others have now, and this person could end. */
  readonly given: readonly RequestShown[];
  readonly mine: readonly RequestShown[];
  readonly draft: RequestDraft;
  /** What has just been done. */
  readonly notice: Content;
  /** Why something could not be done. */
  readonly problem: FormProblem | undefined;
}

const phases = {
  Pending: 'requestPending',
  Approved: 'requestApproved',
  Active: 'requestActive',
  Denied: 'requestDenied',
  Expired: 'requestExpired',
  Revoked: 'requestRevoked',
} as const satisfies Record<RequestShown['phase'], keyof Messages>;

function placeOf(t: Messages, { cluster, namespace }: RequestShown): Html {
  const where = namespace === '' ? t.accessEverywhere : fill(t.accessIn, { namespace });
  return html`${where}${cluster !== '' && html` (<bdi>${cluster}</bdi>)`}`;
}

function facts(t: Messages, request: RequestShown): Html {
  const { role, duration, reason, requester, impersonator, createdAt, until, decided } = request;
  return html`<p><strong><bdi>${requester}</bdi></strong>${impersonator !== undefined && html` (<bdi>${impersonator}</bdi>)`}: <bdi>${role}</bdi> ${placeOf(t, request)} <span class="tag">${t[phases[request.phase]]}</span></p>
<p><bdi>${reason}</bdi></p>
<p class="small">${fill(t.requestFor, { duration })} · ${t.requestAsked} ${time(createdAt)}${until !== undefined && html` · ${t.requestUntil} ${time(until)}`}</p>
${decided !== undefined && html`<p class="small"><bdi>${decided.by}</bdi>${decided.message !== '' && html`: <bdi>${decided.message}</bdi>`}</p>`}`;
}

function decisionForm(view: RequestsView, request: RequestShown, content: Html): Html {
  const { cluster, namespace, name, uid } = request;
  return html`<form method="post" action="${view.action}/decide">
<input type="hidden" name="csrf" value="${view.csrf}">
<input type="hidden" name="cluster" value="${cluster}">
<input type="hidden" name="namespace" value="${namespace}">
<input type="hidden" name="name" value="${name}">
<input type="hidden" name="uid" value="${uid}">
${content}</form>`;
}

function label(text: string, { requester, role }: RequestShown): string {
  return fill(text, { person: requester, role }).join('');
}

/** @param at its place on the page, for ids that are there once */
function decideItem(t: Messages, view: RequestsView, request: RequestShown, at: number): Html {
  const id = `message-${at}`;
  return html`<li><div class="item">${facts(t, request)}
${decisionForm(
  view,
  request,
  html`<div class="field"><label for="${id}">${t.requestMessage}</label><input id="${id}" name="message" type="text" maxlength="1024" autocomplete="off"></div>
<div class="choices"><button type="submit" class="primary" name="decision" value="Approve" aria-label="${label(t.requestApproveNamed, request)}">${t.requestApprove}</button>
<button type="submit" class="secondary" name="decision" value="Deny" aria-label="${label(t.requestDenyNamed, request)}">${t.requestDeny}</button></div>`,
)}</div></li>`;
}

/** What ends a request: the button's text, and its name for who hears it. */
type Ending = readonly [text: string, named: string];

function endItem(t: Messages, view: RequestsView, request: RequestShown, [button, named]: Ending): Html {
  const isOpen = ['Pending', 'Approved', 'Active'].includes(request.phase);
  return html`<li><div class="item">${facts(t, request)}</div>
${isOpen && decisionForm(view, request, html`<button type="submit" class="secondary slim" name="decision" value="Revoke" aria-label="${label(named, request)}">${button}</button>`)}</li>`;
}

function list(title: string, id: string, none: string, items: readonly Html[]): Html {
  return html`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${items.length === 0 ? html`<p>${none}</p>` : html`<ul class="items">${items}</ul>`}</section>`;
}

/** Access for a while: what waits for this person, what they have asked for, and a form to ask. */
export function requestsPage(page: Page, view: RequestsView): Html {
  const { t } = page.locale;
  const { toDecide, given, mine, notice, problem: why } = view;
  return layout(page, {
    title: t.requestsTitle,
    section: 'requests',
    error: why !== undefined,
    content: html`
${why !== undefined && problem(page, why)}
${notice !== undefined && html`<div class="note" role="status"><p>${notice}</p></div>`}
<div class="card"><h1>${t.requestsTitle}</h1><p>${t.requestsText}</p></div>
${
  toDecide.length > 0 &&
  list(
    t.requestsToDecide,
    'to-decide',
    '',
    toDecide.map((request, at) => decideItem(t, view, request, at)),
  )
}
${list(
  t.requestsMine,
  'mine',
  t.requestsMineNone,
  mine.map((request) =>
    endItem(
      t,
      view,
      request,
      request.phase === 'Pending'
        ? [t.requestWithdraw, t.requestWithdrawNamed]
        : [t.requestGiveBack, t.requestGiveBackNamed],
    ),
  ),
)}
${
  given.length > 0 &&
  list(
    t.requestsGiven,
    'given',
    '',
    given.map((request) => endItem(t, view, request, [t.requestEnd, t.requestEndNamed])),
  )
}
${askForm(page, view)}`,
  });
}

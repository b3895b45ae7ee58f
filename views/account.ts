import { groupChips } from './group-chips.ts';
import { type Content, type Html, html } from './html.ts';
import { layout, type Page } from './layout.ts';
import { fill, type Messages } from './locales/index.ts';
import { type FormProblem, problem } from './problem.ts';
import { scopeList } from './scope-list.ts';
import { time } from './time.ts';

export interface AccountFactor {
  readonly id: string;
  readonly kind: 'TOTP' | 'WebAuthn';
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | undefined;
  readonly flagged: boolean;
}

export interface AccountSession {
  readonly id: string;
  readonly kind: 'browser' | 'application';
  readonly clients: readonly string[];
  readonly device: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** The one that looks at the page. */
  readonly current: boolean;
}

export interface AccountApplication {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly since: number;
  readonly lastUsedAt: number;
}

export interface AccountView {
  /** Path that all forms begin with. */
  readonly action: string;
  readonly csrf: string;
  readonly name: string;
  readonly email: string;
  readonly username: string | undefined;
  readonly groups: readonly string[];
  readonly factors: readonly AccountFactor[];
  readonly recoveryCodes:
    | { readonly left: number; readonly createdAt: number; readonly lastUsedAt: number | undefined }
    | undefined;
  readonly sessions: readonly AccountSession[];
  readonly applications: readonly AccountApplication[];
  /** Whether the password is changed here. */
  readonly ownPassword: boolean;
  readonly logoutUrl: string;
  /** What has just been done, or why not. */
  readonly notice?: Content;
  /** Why it was not done. */
  readonly problem?: FormProblem | undefined;
}

function post(view: AccountView, path: string, fields: Record<string, string>, button: Html): Html {
  return html`<form method="post" action="${view.action}/${path}">
<input type="hidden" name="csrf" value="${view.csrf}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${button}</form>`;
}

function factorItem(t: Messages, view: AccountView, factor: AccountFactor): Html {
  const label = fill(t.accountRemoveNamed, { name: factor.name }).join('');
  return html`<li><div class="item"><p><strong>${factor.name}</strong> <span class="small">${factor.kind === 'TOTP' ? t.accountTotp : t.accountPasskey}</span></p>
${factor.flagged && html`<p class="danger">${t.accountFlagged}</p>`}
<p class="small">${t.accountAdded} ${time(factor.createdAt)} · ${t.accountLastUsed} ${factor.lastUsedAt === undefined ? t.accountNever : time(factor.lastUsedAt)}</p>
<details><summary>${t.accountRename}</summary>${post(view, 'factors/rename', { id: factor.id }, html`<div class="field"><label for="name-${factor.id}">${t.factorName}</label><input id="name-${factor.id}" name="name" type="text" maxlength="60" autocomplete="off" value="${factor.name}" required></div><button type="submit" class="secondary">${t.savePassword}</button>`)}</details></div>
${post(view, 'factors/remove', { id: factor.id }, html`<button type="submit" class="secondary slim" aria-label="${label}">${t.accountRemove}</button>`)}</li>`;
}

function factorsCard(t: Messages, view: AccountView): Html {
  const { recoveryCodes: codes } = view;
  return html`<section class="card" aria-labelledby="factors"><h2 id="factors">${t.accountFactors}</h2>
<p>${t.accountFactorsText}</p>
${view.factors.length > 0 && html`<ul class="items">${view.factors.map((factor) => factorItem(t, view, factor))}</ul>`}
<p><a class="button secondary" href="${view.action}/factors/add">${t.accountAdd}</a></p>
${
  view.factors.length > 0 &&
  html`<h3>${t.recoveryTitle}</h3>
<p>${codes === undefined ? t.accountNoCodes : fill(t.accountCodesLeft, { left: codes.left })}${codes?.lastUsedAt !== undefined && html` ${t.accountLastUsed} ${time(codes.lastUsedAt)}`}</p>
${post(view, 'recovery-codes', {}, html`<button type="submit" class="secondary">${t.accountNewCodes}</button>`)}`
}</section>`;
}

function sessionItem(t: Messages, view: AccountView, session: AccountSession): Html {
  const device = session.device === '' ? t.accountUnknownDevice : session.device;
  const label = fill(t.accountEndNamed, { name: device }).join('');
  return html`<li><div class="item"><p><strong>${device}</strong>${session.current && html` <span class="tag">${t.accountThis}</span>`}</p>
<p class="small">${session.kind === 'browser' ? t.accountBrowser : t.accountApplication}${session.clients.length > 0 && html`: ${session.clients.join(', ')}`} · <bdi>${session.address}</bdi> · ${t.accountLastUsed} ${time(session.lastUsedAt)}</p></div>
${!session.current && post(view, 'sessions/end', { id: session.id }, html`<button type="submit" class="secondary slim" aria-label="${label}">${t.accountEnd}</button>`)}</li>`;
}

function sessionsCard(t: Messages, view: AccountView): Html {
  return html`<section class="card" aria-labelledby="sessions"><h2 id="sessions">${t.accountSessions}</h2>
<ul class="items">${view.sessions.map((session) => sessionItem(t, view, session))}</ul>
${view.sessions.some(({ current }) => !current) && post(view, 'sessions/end-others', {}, html`<button type="submit" class="secondary">${t.accountEndOthers}</button>`)}</section>`;
}

function applicationItem(page: Page, view: AccountView, application: AccountApplication): Html {
  const { t } = page.locale;
  const { clientId, name, scopes, since, lastUsedAt } = application;
  const label = fill(t.accountRevokeNamed, { name }).join('');
  return html`<li><div class="item"><p><strong><bdi>${name}</bdi></strong></p>
<p class="small">${t.accountAppSince} ${time(since)} · ${t.accountLastUsed} ${time(lastUsedAt)}</p>
${scopes.length > 0 && html`<details><summary>${t.accountAppMay}</summary>${scopeList(page, scopes)}</details>`}</div>
${post(view, 'applications/revoke', { client: clientId }, html`<button type="submit" class="secondary slim" aria-label="${label}">${t.accountRevoke}</button>`)}</li>`;
}

function applicationsCard(page: Page, view: AccountView): Html {
  const { t } = page.locale;
  return html`<section class="card" aria-labelledby="applications"><h2 id="applications">${t.accountApps}</h2>
<p>${view.applications.length === 0 ? t.accountAppsNone : t.accountAppsText}</p>
${view.applications.length > 0 && html`<ul class="items">${view.applications.map((one) => applicationItem(page, view, one))}</ul>`}</section>`;
}

/** The person's own page: who they are here, how they sign in, and where they are signed in. */
export function accountPage(page: Page, view: AccountView): Html {
  const { t } = page.locale;
  return layout(page, {
    title: t.accountTitle,
    section: 'account',
    error: view.problem !== undefined,
    content: html`
${view.problem !== undefined && problem(page, view.problem)}
${view.notice !== undefined && html`<div class="note" role="status"><p>${view.notice}</p></div>`}
<div class="card"><h1>${t.accountTitle}</h1>
<dl class="facts">
<div><dt>${t.name}</dt><dd>${view.name}</dd></div>
<div><dt>${t.email}</dt><dd>${view.email}</dd></div>
${view.username !== undefined && html`<div><dt>${t.usernameLabel}</dt><dd>${view.username}</dd></div>`}
<div><dt>${t.groups}</dt><dd>${groupChips(page, view.groups)}</dd></div>
</dl>
<div class="choices">
${view.ownPassword && html`<a class="button secondary" href="${view.action}/password">${t.accountPassword}</a>`}
<a class="button secondary" href="${view.logoutUrl}">${t.signOut}</a>
</div></div>
${factorsCard(t, view)}
${sessionsCard(t, view)}
${applicationsCard(page, view)}`,
  });
}

import type { Request, Response } from 'express';
import {
  type AdminFrame,
  type AdminObjectView,
  adminListPage,
  adminObjectPage,
  english,
  type Messages,
  type Page,
  toText,
} from '../../../views/index.ts';
import type { OwnAccess } from '../../gateway/index.ts';
import { seeOther, sendHtml } from '../../http/index.ts';
import type { AccountSource, IdentityEvent, PageHost } from '../../identity/index.ts';
import type { ServingProcess } from '../serving-process.ts';
import type { AdminDesk, AdminObject, AdminTable, DeskAnswer } from './admin-desk.ts';
import { factsOf } from './admin-facts.ts';
import { createAdminForms } from './admin-forms.ts';
import {
  ADMIN_KINDS,
  type AdminKind,
  type AdminOnce,
  apiObject,
  apiPath,
  wantedObject,
} from './admin-kinds.ts';
import { addEventsPage } from './events-page.ts';
import { adminTabs, createOfficers, type Officer } from './officers.ts';
import { addPolicyPages } from './policy-page.ts';
import { addSourcesPage } from './sources-page.ts';

export interface AdminPagesDeps {
  readonly host: PageHost;
  readonly desk: AdminDesk;
  /** Who somebody is to the authorizer that decides here. */
  readonly userOf: OwnAccess['userOf'];
  /** By name; undefined is the cluster without one. */
  readonly clusters: ReadonlyMap<string | undefined, OwnAccess>;
  sources(): Promise<readonly AccountSource[]>;
  /** What happened lately, the last first. */
  events(): readonly IdentityEvent[];
  readonly process: ServingProcess;
}

const PAGE_SIZE = 50;

const DONE = { isProblem: false, text: 'adminDone' } as const;

/**
 * `/admin`: users, groups and what belongs to them, as the admin API has them. Everything is asked and done there, in the name of
 * the person: these pages can do nothing that kubectl could not.
 */
export function addAdminPages(deps: AdminPagesDeps): void {
  const { host, desk, userOf, clusters, sources, events, process } = deps;
  const { router, forms } = host;
  const home = `${host.base}/admin`;
  const pathOf = (resource: string, name?: string) =>
    `${home}/${encodeURIComponent(resource)}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  const urlOf = ({ resource }: AdminKind, name?: string) => pathOf(resource, name);

  const adminForms = createAdminForms({ desk, urlOf });
  const officers = createOfficers({ host, desk, userOf, clusters });
  const { enter } = officers;
  host.addSection('admin', async (visitor) => (await officers.of(visitor)) !== undefined);
  addEventsPage({ host, officers, events, process });
  addSourcesPage({ host, officers, sources, events, process });
  addPolicyPages({ host, officers });

  function frameOf(req: Request, page: Page, officer: Officer, current: AdminKind): AdminFrame {
    return { kinds: adminTabs(page, officer, current.resource), csrf: forms.token(req) };
  }

  /** Back to a page that says how it went, with what was typed where it did not. */
  function back(req: Request, res: Response, path: string, answer: DeskAnswer, kind?: AdminKind): void {
    const typed = (kind?.fields ?? []).map(({ name }) => [name, forms.field(req, name) ?? ''] as const);
    const refusal = (words: string) => ({
      isProblem: true,
      words,
      ...(kind && { typed: Object.fromEntries(typed) }),
    });
    forms.answer(req, res, path, answer.done ? DONE : refusal(answer.message));
  }

  async function showList(
    req: Request,
    res: Response,
    officer: Officer,
    kind: AdminKind,
    missing?: Extract<DeskAnswer, { done: false }>,
  ) {
    const page = host.page(req);
    const { t } = page.locale;
    const said = forms.said(req, page, urlOf(kind));
    const after = typeof req.query['continue'] === 'string' ? req.query['continue'] : '';
    const query = new URLSearchParams({
      limit: String(PAGE_SIZE),
      ...(after === '' ? {} : { continue: after }),
    });
    const listed = await desk.ask(officer.user, {
      method: 'GET',
      target: `${apiPath(kind.resource)}?${query}`,
      table: true,
    });
    const table = listed.done ? (listed.body as AdminTable) : undefined;
    const shown = columnsOf(table, kind);
    const next = table?.metadata.continue;
    const failed = missing ?? (listed.done ? undefined : listed);
    const view = {
      ...frameOf(req, page, officer, kind),
      ...said,
      ...(failed && { problem: { message: english(failed.message) } }),
      title: t[kind.title],
      columns: shown.map((at) => table?.columnDefinitions[at]?.name ?? ''),
      rows: (table?.rows ?? []).map(({ cells, object: { metadata } }) => ({
        url: urlOf(kind, metadata.name),
        cells: shown.map((at) => String(cells[at] ?? '')),
      })),
      nextUrl: next ? `${urlOf(kind)}?${new URLSearchParams({ continue: next })}` : undefined,
      forms: await adminForms.ofList(t, officer, kind, said.typed),
    };
    sendHtml(res, failed?.code ?? 200, toText(adminListPage(page, view)));
  }

  async function showObject(req: Request, res: Response, officer: Officer, kind: AdminKind) {
    const page = host.page(req);
    const name = String(req.params['name']);
    const found = await desk.ask(officer.user, { method: 'GET', target: apiPath(kind.resource, name) });
    if (!found.done) return showList(req, res, officer, kind, found);
    const object = found.body as AdminObject;
    const { t } = page.locale;
    const said = forms.said(req, page, urlOf(kind, name));
    const view = {
      ...frameOf(req, page, officer, kind),
      ...said,
      title: String(object.status?.['email'] ?? object.spec?.['email'] ?? name),
      facts: factsOf(object),
      forms: await adminForms.ofObject(t, officer, kind, object, said.typed),
      once: await shownOnce(req, t, urlOf(kind, name)),
    };
    sendHtml(res, 200, toText(adminObjectPage(page, view)));
  }

  async function shownOnce(req: Request, t: Messages, path: string): Promise<AdminObjectView['once']> {
    const once = await host.kept.take(req, path);
    if (once === undefined || once === 'shown') return once;
    const { title, items } = JSON.parse(once.content) as AdminOnce;
    return { title: t[title], items: items.map(({ label, value }) => ({ label: t[label], value })) };
  }

  const kindOf = (officer: Officer, req: Request) =>
    officer.kinds.find(({ resource }) => resource === req.params['resource']);

  /** From its own address, where what was typed stands again. */
  const submitted = forms.submittedFrom(
    ({ params }) => pathOf(String(params['resource']), params['name']?.toString()),
    ADMIN_KINDS.flatMap(({ fields }) => fields.map(({ name }) => name)),
  );

  router.get('/admin', async (req, res) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const [first] = adminTabs(host.page(req), officer, '');
    if (first !== undefined) seeOther(res, first.url);
  });

  router.get('/admin/:resource', ...forms.shown, async (req, res, next) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const kind = kindOf(officer, req);
    if (kind === undefined) return next();
    await showList(req, res, officer, kind);
  });

  router.get('/admin/:resource/:name', ...forms.shown, async (req, res, next) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const kind = kindOf(officer, req);
    if (kind === undefined) return next();
    await showObject(req, res, officer, kind);
  });

  router.post('/admin/:resource', ...submitted, async (req, res, next) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const kind = kindOf(officer, req);
    if (kind === undefined) return next();
    const isKeys = kind.resource === 'signingkeys';
    const answer = await desk.ask(officer.user, {
      method: 'POST',
      target: apiPath(isKeys ? 'keyrotations' : kind.resource),
      body: isKeys
        ? apiObject('KeyRotation', { spec: {} })
        : wantedObject(kind, (name) => forms.field(req, name)),
    });
    const path = answer.done && !isKeys ? urlOf(kind, nameIn(answer)) : urlOf(kind);
    back(req, res, path, answer, kind);
  });

  router.post('/admin/:resource/:name', ...submitted, async (req, res, next) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const kind = kindOf(officer, req);
    if (kind === undefined) return next();
    await act(req, res, officer, kind);
  });

  async function act(req: Request, res: Response, officer: Officer, kind: AdminKind): Promise<void> {
    const { user } = officer;
    const name = String(req.params['name']);
    const path = urlOf(kind, name);
    const what = forms.field(req, 'do');
    const target = apiPath(kind.resource, name);
    const action = kind.actions.find(({ subresource }) => subresource === what);
    if (action !== undefined) {
      const answer = await desk.ask(user, {
        method: 'POST',
        target: apiPath(kind.resource, name, action.subresource),
        body: apiObject(action.kind, { spec: {} }),
      });
      const once = answer.done ? action.shows?.(answer.body as AdminObject) : undefined;
      if (once !== undefined) await host.kept.keep(req, path, JSON.stringify(once));
      return back(req, res, path, answer);
    }
    if (what === 'delete') {
      const answer = await desk.ask(user, { method: 'DELETE', target });
      return back(req, res, answer.done ? urlOf(kind) : path, answer);
    }
    const current = await desk.ask(user, { method: 'GET', target });
    const answer = current.done
      ? await desk.ask(user, {
          method: 'PUT',
          target,
          body: wantedObject(kind, (field) => forms.field(req, field), current.body as AdminObject),
        })
      : current;
    back(req, res, path, answer, kind);
  }
}

function nameIn({ body }: Extract<DeskAnswer, { done: true }>): string {
  return (body as AdminObject).metadata.name ?? '';
}

/** Those that kubectl shows without being asked for more, with the one first by which people know what they see. */
function columnsOf(table: AdminTable | undefined, { knownBy }: AdminKind): readonly number[] {
  const shown = table?.columnDefinitions.flatMap(({ priority }, at) => (priority === 0 ? [at] : [])) ?? [];
  const leads = (at: number) => Number(table?.columnDefinitions[at]?.name === knownBy);
  return shown.toSorted((a, b) => leads(b) - leads(a));
}

import type { Request, RequestHandler, Response } from 'express';
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
import type { AdminDesk, AdminObject, DeskAnswer } from './admin-desk.ts';
import { factsOf } from './admin-facts.ts';
import { createAdminForms } from './admin-forms.ts';
import { ADMIN_KINDS, type AdminKind, type AdminOnce } from './admin-kinds.ts';
import { findIn, listView, readObjects } from './admin-list.ts';
import { apiPath } from './admin-objects.ts';
import { valueIn } from './admin-property.ts';
import { adminRefusal } from './admin-refusal.ts';
import { createAdminWork, type Done } from './admin-work.ts';
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

type Refusal = Extract<DeskAnswer, { done: false }>;

const DONE = { isProblem: false, text: 'adminDone' } as const;

/** Names of the fields of all forms, none of which holds a secret. */
const FIELDS = ADMIN_KINDS.flatMap(({ properties }) => properties)
  .filter(({ form }) => form !== undefined)
  .map(({ name }) => name);

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
  const work = createAdminWork(desk);
  const officers = createOfficers({ host, desk, userOf, clusters });
  const { enter } = officers;
  host.addSection('admin', async (visitor) => (await officers.of(visitor)) !== undefined);
  addEventsPage({ host, officers, desk, events, process });
  addSourcesPage({ host, officers, sources, events, process });
  addPolicyPages({ host, officers });

  function frameOf(req: Request, page: Page, officer: Officer, current: AdminKind): AdminFrame {
    return { kinds: adminTabs(page, officer, current.resource), csrf: forms.token(req) };
  }

  /** To a page that says how it went: with what is shown once, or with what was typed where it was not done. */
  async function answer(req: Request, res: Response, kind: AdminKind, done: Done): Promise<void> {
    const path = urlOf(kind, done.name);
    if (done.answer.done) {
      if (done.once !== undefined) await host.kept.keep(req, path, JSON.stringify(done.once));
      return forms.answer(req, res, path, DONE);
    }
    const typed =
      done.isForm && Object.fromEntries(FIELDS.map((name) => [name, forms.field(req, name) ?? '']));
    forms.answer(req, res, path, { ...adminRefusal(kind, done.answer), ...(typed && { typed }) });
  }

  async function showList(req: Request, res: Response, officer: Officer, kind: AdminKind, missing?: Refusal) {
    const page = host.page(req);
    const said = forms.said(req, page, urlOf(kind));
    const at = req.originalUrl.indexOf('?');
    const query = new URLSearchParams(at < 0 || missing !== undefined ? '' : req.originalUrl.slice(at));
    const listed = await readObjects(desk, officer, kind, findIn(query));
    const failed = missing ?? ('done' in listed ? listed : undefined);
    const view = {
      ...frameOf(req, page, officer, kind),
      ...said,
      ...(failed && { problem: { message: english(failed.message) } }),
      title: page.locale.t[kind.title],
      resource: kind.resource,
      ...listView(page, kind, 'done' in listed ? { objects: [], total: 0, cut: false } : listed, {
        query,
        home: urlOf(kind),
        urlOf: (name) => urlOf(kind, name),
      }),
      forms: await adminForms.ofList(page.locale.t, officer, kind, said.typed),
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
    const [lead] = kind.properties;
    const view = {
      ...frameOf(req, page, officer, kind),
      ...said,
      title: String((lead && valueIn(object, lead)) || name),
      back: { url: urlOf(kind), text: t[kind.title] },
      facts: factsOf(page, kind, object),
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

  /** Who may be there, at a kind that they may look at; for whom else the answer is given, or it is another page's. */
  function at(
    show: (req: Request, res: Response, officer: Officer, kind: AdminKind) => Promise<void>,
  ): RequestHandler {
    return async (req, res, next) => {
      const officer = await enter(req, res);
      if (officer === undefined) return;
      const kind = officer.kinds.find(({ resource }) => resource === req.params['resource']);
      if (kind === undefined) next();
      else await show(req, res, officer, kind);
    };
  }

  router.get('/admin', async (req, res) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const [first] = adminTabs(host.page(req), officer, '');
    if (first !== undefined) seeOther(res, first.url);
  });

  const submitted = forms.submittedFrom(
    ({ params }) => pathOf(String(params['resource']), params['name']?.toString()),
    FIELDS,
  );
  router.get('/admin/:resource', ...forms.shown, at(showList));
  router.get('/admin/:resource/:name', ...forms.shown, at(showObject));
  router.post(
    '/admin/:resource',
    ...submitted,
    at(async (req, res, officer, kind) => {
      const read = (name: string) => forms.field(req, name);
      await answer(req, res, kind, await work.onList(officer, kind, read));
    }),
  );
  router.post(
    '/admin/:resource/:name',
    ...submitted,
    at(async (req, res, officer, kind) => {
      const read = (name: string) => forms.field(req, name);
      await answer(req, res, kind, await work.onObject(officer, kind, String(req.params['name']), read));
    }),
  );
}

import type { Request, Response } from 'express';
import { type AdminFrame, adminListPage, adminObjectPage, toText } from '../../../views/index.ts';
import type { OwnAccess } from '../../gateway/index.ts';
import { seeOther, sendHtml } from '../../http/index.ts';
import type { IdentityEvent, PageHost } from '../../identity/index.ts';
import type { ServingProcess } from '../serving-process.ts';
import type { AdminDesk, AdminObject, AdminTable, DeskAnswer } from './admin-desk.ts';
import { factsOf } from './admin-facts.ts';
import { createAdminForms } from './admin-forms.ts';
import { type AdminKind, apiObject, apiPath, wantedObject } from './admin-kinds.ts';
import { addEventsPage } from './events-page.ts';
import { adminTabs, createOfficers, type Officer } from './officers.ts';
import { addPolicyPages } from './policy-page.ts';

export interface AdminPagesDeps {
  readonly host: PageHost;
  readonly desk: AdminDesk;
  /** Who somebody is to the authorizer that decides here. */
  readonly userOf: OwnAccess['userOf'];
  /** By name; undefined is the cluster without one. */
  readonly clusters: ReadonlyMap<string | undefined, OwnAccess>;
  /** What happened lately, the last first. */
  events(): readonly IdentityEvent[];
  readonly process: ServingProcess;
}

const PAGE_SIZE = 50;

/**
 * `/admin`: users, groups and what belongs to them, as the admin API has them. Everything is asked and done there, in the name of
 * the person: these pages can do nothing that kubectl could not.
 */
export function addAdminPages({ host, desk, userOf, clusters, events, process }: AdminPagesDeps): void {
  const { router, forms } = host;
  const home = `${host.base}/admin`;
  const urlOf = ({ resource }: AdminKind, name?: string) =>
    `${home}/${resource}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;

  const adminForms = createAdminForms({ host, desk, urlOf });
  const officers = createOfficers({ host, desk, userOf, clusters });
  const { enter } = officers;
  host.addSection('admin', async (visitor) => (await officers.of(visitor)) !== undefined);
  addEventsPage({ host, officers, events, process });
  addPolicyPages({ host, officers });

  function frameOf(req: Request, officer: Officer, current: AdminKind, answer?: DeskAnswer): AdminFrame {
    const page = host.page(req);
    const { t } = page.locale;
    return {
      kinds: adminTabs(page, officer, current.resource),
      csrf: forms.token(req),
      refusal: answer === undefined || answer.done ? undefined : answer.message,
      notice: answer?.done === true || req.query['done'] !== undefined ? t.adminDone : undefined,
    };
  }

  async function showList(
    req: Request,
    res: Response,
    officer: Officer,
    kind: AdminKind,
    answer?: DeskAnswer,
  ) {
    const page = host.page(req);
    const { t } = page.locale;
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
    const view = {
      ...frameOf(req, officer, kind, answer ?? (listed.done ? undefined : listed)),
      title: t[kind.title],
      columns: shown.map((at) => table?.columnDefinitions[at]?.name ?? ''),
      rows: (table?.rows ?? []).map(({ cells, object: { metadata } }) => ({
        url: urlOf(kind, metadata.name),
        cells: shown.map((at) => String(cells[at] ?? '')),
      })),
      nextUrl: next ? `${urlOf(kind)}?${new URLSearchParams({ continue: next })}` : undefined,
      forms: await adminForms.ofList(req, officer, kind),
    };
    const failed = answer ?? listed;
    sendHtml(res, failed.done ? 200 : failed.code, toText(adminListPage(page, view)));
  }

  async function showObject(
    req: Request,
    res: Response,
    officer: Officer,
    kind: AdminKind,
    { answer, once = [] }: { readonly answer?: DeskAnswer; readonly once?: readonly string[] } = {},
  ) {
    const name = String(req.params['name']);
    const found = await desk.ask(officer.user, { method: 'GET', target: apiPath(kind.resource, name) });
    if (!found.done) return showList(req, res, officer, kind, found);
    const object = found.body as AdminObject;
    const view = {
      ...frameOf(req, officer, kind, answer),
      title: String(object.status?.['email'] ?? object.spec?.['email'] ?? name),
      facts: factsOf(object),
      forms: await adminForms.ofObject(req, officer, kind, object),
      once,
    };
    sendHtml(
      res,
      answer === undefined || answer.done ? 200 : answer.code,
      toText(adminObjectPage(host.page(req), view)),
    );
  }

  const kindOf = (officer: Officer, req: Request) =>
    officer.kinds.find(({ resource }) => resource === req.params['resource']);

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

  router.post('/admin/:resource', ...forms.submitted, async (req, res, next) => {
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
    if (!answer.done) return showList(req, res, officer, kind, answer);
    seeOther(res, isKeys ? `${urlOf(kind)}?done` : `${urlOf(kind, nameIn(answer))}?done`);
  });

  router.post('/admin/:resource/:name', ...forms.submitted, async (req, res, next) => {
    const officer = await enter(req, res);
    if (officer === undefined) return;
    const kind = kindOf(officer, req);
    if (kind === undefined) return next();
    await act(req, res, officer, kind);
  });

  async function act(req: Request, res: Response, officer: Officer, kind: AdminKind): Promise<void> {
    const { user } = officer;
    const name = String(req.params['name']);
    const what = forms.field(req, 'do');
    const target = apiPath(kind.resource, name);
    const action = kind.actions.find(({ subresource }) => subresource === what);
    if (action !== undefined) {
      const path = apiPath(kind.resource, name, action.subresource);
      const answer = await desk.ask(user, {
        method: 'POST',
        target: path,
        body: apiObject(action.kind, { spec: {} }),
      });
      const once = answer.done ? action.shows?.(answer.body as AdminObject) : undefined;
      return showObject(req, res, officer, kind, { answer, ...(once && { once }) });
    }
    if (what === 'delete') {
      const answer = await desk.ask(user, { method: 'DELETE', target });
      if (!answer.done) return showObject(req, res, officer, kind, { answer });
      return seeOther(res, `${urlOf(kind)}?done`);
    }
    const current = await desk.ask(user, { method: 'GET', target });
    const answer = current.done
      ? await desk.ask(user, {
          method: 'PUT',
          target,
          body: wantedObject(kind, (field) => forms.field(req, field), current.body as AdminObject),
        })
      : current;
    if (!answer.done) return showObject(req, res, officer, kind, { answer });
    seeOther(res, `${urlOf(kind, name)}?done`);
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

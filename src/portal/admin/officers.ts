import type { Request, Response } from 'express';
import { adminRefusedPage, type Page, toText } from '../../../views/index.ts';
import type { OwnAccess, PolicySurvey } from '../../gateway/index.ts';
import { seeOther, sendHtml } from '../../http/index.ts';
import type { PageHost, Visitor } from '../../identity/index.ts';
import type { UserInfo } from '../../kube/index.ts';
import type { AdminDesk } from './admin-desk.ts';
import { ADMIN_KINDS, type AdminKind } from './admin-kinds.ts';

/** Somebody who may look at something here. */
export interface Officer {
  readonly user: UserInfo;
  readonly kinds: readonly AdminKind[];
  /** Whether at the events, too: `list` on `auditevents`, which is no kind of the API and needs a right of its own. */
  readonly seesEvents: boolean;
  /** Whether at where accounts are kept: who may list users. */
  readonly seesSources: boolean;
  /** The policies of those clusters whose roles and bindings they may all list, by name; undefined is the one without. */
  readonly policies: ReadonlyMap<string | undefined, PolicySurvey>;
}

export interface OfficersDeps {
  readonly host: PageHost;
  readonly desk: Pick<AdminDesk, 'may'>;
  /** Who somebody is to the authorizer that decides here. */
  readonly userOf: OwnAccess['userOf'];
  readonly clusters: ReadonlyMap<string | undefined, OwnAccess>;
}

export interface Officers {
  of(visitor: Visitor): Promise<Officer | undefined>;
  /** undefined: the answer is given. */
  enter(req: Request, res: Response): Promise<Officer | undefined>;
}

export function createOfficers({ host, desk, userOf, clusters }: OfficersDeps): Officers {
  async function of(visitor: Visitor): Promise<Officer | undefined> {
    const user = userOf(visitor.claims);
    if (typeof user === 'string') return undefined;
    const mayList = (resource: string) => desk.may(user, 'list', resource);
    const may = await Promise.all(ADMIN_KINDS.map(({ resource }) => mayList(resource)));
    const kinds = ADMIN_KINDS.filter((_, index) => may[index]);
    const seesEvents = await mayList('auditevents');
    const policies = policiesFor(visitor);
    if (kinds.length === 0 && !seesEvents && policies.size === 0) return undefined;
    const seesSources = kinds.some(({ resource }) => resource === 'users');
    return { user, kinds, seesEvents, seesSources, policies };
  }

  function policiesFor({ claims }: Visitor): ReadonlyMap<string | undefined, PolicySurvey> {
    const found = [...clusters].flatMap(([name, access]) => {
      const user = access.userOf(claims);
      const survey = typeof user === 'string' ? undefined : access.explorer?.survey(user);
      return survey === undefined ? [] : [[name, survey] as const];
    });
    return new Map(found);
  }

  return {
    of,
    async enter(req, res) {
      const visitor = await host.visitor(req, res);
      if (visitor === undefined) {
        const back = req.method === 'GET' ? req.originalUrl.slice(host.base.length) : '/admin';
        seeOther(res, host.signInUrl(back));
        return undefined;
      }
      const officer = await of(visitor);
      if (officer === undefined) sendHtml(res, 403, toText(adminRefusedPage(host.page(req))));
      return officer;
    },
  };
}

/** The parts of the administration that somebody may look at. @param current a kind's resource, `sources`, `policy` or `events` */
export function adminTabs({ site, locale: { t } }: Page, officer: Officer, current: string) {
  return [
    ...officer.kinds.map(({ resource, title }) => ({ at: resource, title: t[title] })),
    ...(officer.seesSources ? [{ at: 'sources', title: t.adminSources }] : []),
    ...(officer.policies.size > 0 ? [{ at: 'policy', title: t.adminPolicy }] : []),
    ...(officer.seesEvents ? [{ at: 'events', title: t.adminEvents }] : []),
  ].map(({ at, title }) => ({
    title,
    url: `${site.base}/admin/${at}`,
    current: at === current,
  }));
}

import { Router } from 'express';
import { accountPage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { LocalUsers } from '../accounts/open-accounts.ts';
import type { EnrolmentForms } from '../interaction/enrolment-forms.ts';
import type { Forms } from '../interaction/forms.ts';
import { ownPagesClientId } from '../interaction/own-pages.ts';
import type { PageHost } from '../interaction/page-host.ts';
import { noticeStatus, said, takeNotice } from '../interaction/page-notice.ts';
import type { Application, Applications } from '../sessions/applications.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Session } from '../sessions/to-session.ts';
import { createAccountApplications } from './account-applications.ts';
import { createAccountFactors } from './account-factors.ts';
import { createAccountPassword } from './account-password.ts';
import { createAccountSessions } from './account-sessions.ts';
import { createVisits, type VisitDeps } from './account-visit.ts';

export interface AccountPageDeps extends VisitDeps {
  readonly forms: Forms;
  readonly sessions: Sessions;
  readonly applications: Applications;
  /** Says to which parts of the portal the person may go. */
  readonly host: Pick<PageHost, 'visitor'>;
  readonly users: LocalUsers;
  readonly enrolmentForms: EnrolmentForms;
  /** Of a new password. */
  readonly minLength: number;
}

/** `/account`: who a person is here, how they sign in, where they are signed in; theirs to change. Works without a script. */
export function createAccountPage(deps: AccountPageDeps): Router {
  const { context, forms, factors, sessions, applications, users } = deps;
  const home = `${context.base}/account`;
  const visits = createVisits(deps);
  const router = Router({ caseSensitive: true });

  /** By their names; these pages are no application to anybody. */
  async function namesOf(clients: readonly string[]): Promise<readonly string[]> {
    const others = clients.filter((id) => id !== ownPagesClientId);
    return Promise.all(others.map(async (id) => (await deps.provider.Client.find(id))?.clientName ?? id));
  }

  async function shown(session: Session, currentId: string) {
    const { id, kind, clients, lastUsedWith: device, address, createdAt, lastUsedAt } = session;
    const current = id === currentId;
    return { id, kind, clients: await namesOf(clients), device, address, createdAt, lastUsedAt, current };
  }

  async function shownApplication(application: Application) {
    const [name = application.clientId] = await namesOf([application.clientId]);
    return { ...application, name };
  }

  router.get('/', async (req, res) => {
    const visit = await visits.look(req, res);
    if (visit === undefined) return;
    await deps.host.visitor(req, res);
    const { account, sessionId } = visit;
    const { name, email, preferredUsername: username, groups } = account;
    const [list, listed, apps, user] = await Promise.all([
      factors.service.list(account.id),
      sessions.list(account.id),
      applications.list(account.id),
      account.upstream === undefined ? users.get(account.id) : undefined,
    ]);
    const page = context.page(req);
    const notice = takeNotice(req, home);
    const view = {
      action: home,
      csrf: forms.token(req),
      name,
      email,
      username,
      groups,
      ...list,
      sessions: await Promise.all(listed.map((session) => shown(session, sessionId))),
      applications: await Promise.all(
        apps.filter(({ clientId }) => clientId !== ownPagesClientId).map(shownApplication),
      ),
      ownPassword: user?.source === 'stored',
      logoutUrl: `${context.base}/logout`,
      ...said(page, notice),
    };
    sendHtml(res, noticeStatus(res, notice), toText(accountPage(page, view)));
  });
  router.use(createAccountFactors(deps, visits, home));
  router.use(createAccountSessions(deps, visits, home));
  router.use(createAccountApplications(deps, visits, home));
  router.use(createAccountPassword(deps, visits, home));
  return router;
}

import { adminSourcesPage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { AccountSource, IdentityEvent, PageHost } from '../../identity/index.ts';
import type { ServingProcess } from '../serving-process.ts';
import { adminTabs, type Officers } from './officers.ts';

export interface SourcesPageDeps {
  readonly host: PageHost;
  readonly officers: Officers;
  sources(): Promise<readonly AccountSource[]>;
  /** The last first. */
  events(): readonly IdentityEvent[];
  readonly process: ServingProcess;
}

/** `/admin/sources`: where accounts are kept, how many, how people come in with them. For who may list users. */
export function addSourcesPage({ host, officers, sources, events, process }: SourcesPageDeps): void {
  host.router.get('/admin/sources', async (req, res, next) => {
    const officer = await officers.enter(req, res);
    if (officer === undefined) return;
    if (!officer.seesSources) return next();
    const page = host.page(req);
    const view = {
      kinds: adminTabs(page, officer, 'sources'),
      sources: await sources(),
      usersUrl: `${host.base}/admin/users`,
      lastSignIn: events().find(({ action, result }) => action === 'sign-in' && result === 'success')?.at,
      process,
    };
    sendHtml(res, 200, toText(adminSourcesPage(page, view)));
  });
}

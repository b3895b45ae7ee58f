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
    const known = await sources();
    const view = {
      kinds: adminTabs(page, officer, 'sources'),
      sources: known,
      usersUrl: `${host.base}/admin/users`,
      lastSignIn: Object.fromEntries(known.map((one) => [one.id, lastSignIn(events(), one)])),
      process,
    };
    sendHtml(res, 200, toText(adminSourcesPage(page, view)));
  });
}

/** Somebody's by this source. */
function lastSignIn(events: readonly IdentityEvent[], { id, connector }: AccountSource): number | undefined {
  const isBy = (detail = '') =>
    connector === undefined ? !detail.startsWith('connector:') : detail === `connector:${id}`;
  return events.find(
    ({ action, result, detail }) => action === 'sign-in' && result === 'success' && isBy(detail),
  )?.at;
}

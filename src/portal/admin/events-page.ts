import { type AdminEventsView, adminEventsPage, toText } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import { type IdentityEvent, identityActionNames, type PageHost } from '../../identity/index.ts';
import { addressWith } from '../explorer/kept-query.ts';
import { paged } from '../explorer/pages.ts';
import type { ServingProcess } from '../serving-process.ts';
import type { AdminDesk } from './admin-desk.ts';
import { eventPeople } from './event-people.ts';
import { adminTabs, type Officers } from './officers.ts';

export interface EventsPageDeps {
  readonly host: PageHost;
  readonly officers: Officers;
  readonly desk: Pick<AdminDesk, 'ask'>;
  /** The last first. */
  events(): readonly IdentityEvent[];
  readonly process: ServingProcess;
}

/** Seconds between two looks of a page that follows. */
const FOLLOW = 5;

/** `/admin/events`: what the identity provider's trail got lately from this process, sifted, and followed if wanted. */
export function addEventsPage({ host, officers, desk, events, process }: EventsPageDeps): void {
  const home = `${host.base}/admin/events`;

  host.router.get('/admin/events', async (req, res, next) => {
    const officer = await officers.enter(req, res);
    if (officer === undefined) return;
    if (!officer.seesEvents) return next();
    const at = req.originalUrl.indexOf('?');
    const query = new URLSearchParams(at < 0 ? '' : req.originalUrl.slice(at));
    const page = host.page(req);
    const follows = query.get('follow') === 'yes';
    if (follows) res.setHeader('Refresh', String(FOLLOW));
    const wanted = {
      action: query.get('action') ?? '',
      who: query.get('who')?.trim() ?? '',
      result: query.get('result') ?? '',
    };
    const people = eventPeople(desk, officer, host.base);
    const id = await people.idOf(wanted.who);
    const { items, ...place } = paged(events().filter(sieve(wanted, id)), query.get('page'));
    const view: AdminEventsView = {
      kinds: adminTabs(page, officer, 'events'),
      action: home,
      wanted,
      actions: identityActionNames,
      events: items,
      people: await people.among(items.flatMap(({ actor, subject }) => [actor, subject])),
      process,
      follows,
      followUrl: addressWith(home, query, { follow: follows ? '' : 'yes', page: '' }),
      pager: { ...place, urlOf: (number) => addressWith(home, query, { page: String(number) }) },
    };
    sendHtml(res, 200, toText(adminEventsPage(page, view)));
  });
}

/** @param id of the account that is looked for by its e-mail address */
function sieve(
  { action, who, result }: AdminEventsView['wanted'],
  id: string | undefined,
): (event: IdentityEvent) => boolean {
  return (event) =>
    (action === '' || event.action === action) &&
    (result === '' || event.result === result) &&
    (who === '' ||
      [event.actor, event.subject, event.client, event.address].some(
        (one) => one !== undefined && (one === id || one.includes(who)),
      ));
}

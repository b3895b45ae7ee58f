import type { IdentityEvent } from './identity-audit.ts';

/** The version of the events' schema: members may be added, none changes its meaning. */
const apiVersion = 'audit.sallyport.dev/v1';

/** What a list of events is called that goes to a webhook. */
export const identityEventList = { kind: 'IdentityEventList', apiVersion } as const;

/** The members of an event's JSON. Those for which there is nothing to say are left out. */
export const eventMembers = {
  kind: '`IdentityEvent`',
  apiVersion: `\`${apiVersion}\``,
  eventID: 'Tells a duplicate: a webhook may get an event twice',
  time: 'When it had happened (RFC 3339, UTC)',
  action: 'What was tried; see below',
  result: '`success` or `failure`',
  reason: 'Why it failed: a word from a fixed list, `internal` when something broke',
  detail: 'Which kind of it; see below',
  count: 'How many attempts of one network it stands for that were turned away unseen; absent: one',
  actor:
    'Who acts: the id of an account, or what the way in calls its caller (`cli:root`); absent for somebody who is not signed in',
  subject:
    'To whom or what: the id of an account, the name of a group, the `kid` of a key; absent for a login that is nobody’s',
  client: 'The OAuth client that asks, or that the person is on the way to',
  address: 'The host that the request came from',
  interaction: 'One sign-in, from the client’s request through the pages to its code',
  browser: 'The session of a browser, which may hold sessions with several clients',
  sid: 'The session with a client: the `sid` of its ID tokens',
  requestID: 'The request, as on error pages and in the log',
} as const;

/**
 * An event as it is stored and sent: one line of JSON.
 * @param eventID unique
 * @param excluded names of members that are left out
 */
export function eventLine(
  event: IdentityEvent,
  eventID: string,
  excluded: ReadonlySet<string> = new Set(),
): string {
  const { action, result, reason, detail, actor, subject, client, address } = event;
  const { interaction, browser, sid, requestId, count, at } = event;
  const members: Record<keyof typeof eventMembers, string | number | undefined> = {
    kind: 'IdentityEvent',
    apiVersion,
    eventID,
    time: new Date(at).toISOString(),
    action,
    result,
    reason,
    detail,
    count,
    actor,
    subject,
    client,
    address,
    interaction,
    browser,
    sid,
    requestID: requestId,
  };
  if (excluded.size === 0) return JSON.stringify(members);
  return JSON.stringify(members, (name, value) => (isExcluded(name, event, excluded) ? undefined : value));
}

function isExcluded(name: string, { action }: IdentityEvent, excluded: ReadonlySet<string>): boolean {
  const isAddress = name === 'detail' && (action === 'device.approve' || action === 'device.deny');
  return excluded.has(name) || (isAddress && excluded.has('address'));
}

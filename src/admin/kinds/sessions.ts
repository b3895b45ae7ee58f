import { type KubeObject, timeSince } from '../../cluster/index.ts';
import type { LocalUsers, Session, Sessions } from '../../identity/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { AdminKind } from '../kind.ts';
import { kindType } from './kind-type.ts';
import { idOf, nameOf } from './object-name.ts';
import { ageOf, defined, part, textOf, textsOf, timestamp, uidOf } from './read.ts';
import { unlessNotFound } from './unless-not-found.ts';
import { wholePage } from './whole-page.ts';

const texts = { type: 'array', items: { type: 'string' } } as const;

const sessionType = kindType({
  kind: 'Session',
  resource: 'sessions',
  description:
    'A browser that somebody is signed in with, or an application that goes on without one. Deleting it ends it and all that was ' +
    'issued in it, from the next request on.',
  verbs: ['delete', 'get', 'list'],
  spec: {
    user: { type: 'string', description: "The User's name." },
    kind: { type: 'string', description: 'Browser, or Application.' },
    clients: {
      ...texts,
      description: 'The OAuthClients that the browser is signed in to, or the application itself.',
    },
    scopes: { ...texts, description: 'What the application was given.' },
  },
  status: {
    email: { type: 'string', description: 'What the user signs in with today.' },
    signedInWith: { type: 'string', description: "For example 'Firefox on Linux'." },
    lastUsedWith: { type: 'string' },
    address: { type: 'string', description: 'The network address of its last use.' },
    lastUsedAt: { type: 'string', format: 'date-time', description: 'To the minute.' },
    expiresAt: { type: 'string', format: 'date-time', description: 'When it ends unless it is used before.' },
  },
  selectableFields: ['spec.user', 'spec.kind'],
  columns: [
    { name: 'Name', description: '', cell: ({ metadata }) => metadata.name ?? '' },
    {
      name: 'User',
      description: "The e-mail address, or the User's name.",
      cell: (session) => textOf(part(session, 'status'), 'email') || textOf(part(session, 'spec'), 'user'),
    },
    { name: 'Kind', description: '', cell: (session) => textOf(part(session, 'spec'), 'kind') },
    {
      name: 'Clients',
      description: '',
      cell: (session) => textsOf(part(session, 'spec'), 'clients').join(',') || '<none>',
    },
    {
      name: 'Device',
      description: '',
      cell: (session) => textOf(part(session, 'status'), 'lastUsedWith') || '<unknown>',
    },
    {
      name: 'Last Used',
      description: '',
      cell: (session, now) => ageOf(part(session, 'status'), 'lastUsedAt', now),
    },
    {
      name: 'Age',
      description: '',
      cell: ({ metadata }, now) => timeSince(metadata.creationTimestamp ?? '', now),
    },
    {
      name: 'Address',
      description: '',
      wide: true,
      cell: (session) => textOf(part(session, 'status'), 'address'),
    },
    {
      name: 'Expires',
      description: '',
      wide: true,
      cell: (session) => textOf(part(session, 'status'), 'expiresAt'),
    },
  ],
});

export interface SessionsKindDeps {
  readonly sessions: Sessions;
  readonly users: Pick<LocalUsers, 'get'>;
}

export function createSessionsKind({ sessions, users }: SessionsKindDeps): AdminKind {
  async function objectsOf(found: readonly Session[]): Promise<KubeObject[]> {
    const owners = [...new Set(found.map(({ accountId }) => accountId))];
    const emails = new Map<string, string | undefined>();
    for (const owner of owners) emails.set(owner, (await unlessNotFound(users.get(owner)))?.email);
    return found.map((session) => sessionObject(session, emails.get(session.accountId)));
  }

  async function get(name: string): Promise<KubeObject | undefined> {
    const session = await sessions.find(name);
    return session && (await objectsOf([session]))[0];
  }

  return {
    type: sessionType,
    async list(query) {
      const name = query.required('metadata.name');
      const user = query.required('spec.user');
      if (name !== undefined) return wholePage([(await get(name)) ?? []].flat(), query);
      const { limit, after } = query;
      const accountId = user === undefined ? undefined : idOf(user);
      const { items, next } = await sessions.page({ accountId, limit, after });
      return { items: await objectsOf(items), next, revision: undefined };
    },
    placeOf: (session) =>
      sessions.placeOf({
        accountId: idOf(textOf(part(session, 'spec'), 'user')),
        id: session.metadata.name ?? '',
      }),
    get,
    async delete({ metadata }, { by, dryRun }) {
      // When it is not there any more, it has ended meanwhile.
      if (!dryRun) await sessions.end(metadata.name ?? '', { cause: 'request', by });
    },
  };
}

function sessionObject(session: Session, email: string | undefined): KubeObject {
  const { id, kind, accountId, clients, scopes, signedInWith, lastUsedWith, address } = session;
  return {
    kind: 'Session',
    apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
    metadata: { name: id, uid: uidOf('Session', id), creationTimestamp: timestamp(session.createdAt) },
    spec: {
      user: nameOf(accountId),
      kind: kind === 'browser' ? 'Browser' : 'Application',
      clients: clients.map(nameOf),
      scopes,
    },
    status: defined({
      email,
      signedInWith,
      lastUsedWith,
      address,
      lastUsedAt: timestamp(session.lastUsedAt),
      expiresAt: timestamp(session.expiresAt),
    }),
  };
}

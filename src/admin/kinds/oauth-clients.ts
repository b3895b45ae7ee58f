import type { KubeObject } from '../../cluster/index.ts';
import type { ClientView, Identity } from '../../identity/index.ts';
import { forbiddenObject } from '../../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { AdminKind } from '../kind.ts';
import { kindType } from './kind-type.ts';
import { nameOf } from './object-name.ts';
import { defined, part, textOf, textsOf, timestamp, uidOf } from './read.ts';
import { wholePage } from './whole-page.ts';

const texts = { type: 'array', items: { type: 'string' } } as const;

const oauthClientType = kindType({
  kind: 'OAuthClient',
  resource: 'oauthclients',
  description:
    "An application that people sign in to, as the configuration file's 'staticClients' has it, and changed there; or one that " +
    'has registered itself, which can be deleted. Its secret is shown to nobody.',
  verbs: ['delete', 'get', 'list'],
  spec: {
    clientID: { type: 'string' },
    name: { type: 'string' },
    logoURL: { type: 'string' },
    public: { type: 'boolean', description: "Has no secret: an app on the person's own machine." },
    redirectURIs: texts,
    postLogoutRedirectURIs: texts,
    backchannelLogoutURI: { type: 'string', description: "Is told of a session's end." },
    trustedPeers: { ...texts, description: 'Clients that may ask for tokens for this one.' },
    allowedGroups: {
      ...texts,
      description: 'Only members of one of these may sign in; everybody when absent.',
    },
    refreshTokenLifetime: { type: 'string', description: 'standalone, or session.' },
  },
  status: {
    hasSecret: { type: 'boolean' },
    hasKeys: { type: 'boolean', description: 'Proves itself by assertions that it signs.' },
    source: {
      type: 'string',
      description: 'Static: of the configuration file; BuiltIn; or Registered, by itself.',
    },
  },
  selectableFields: ['spec.clientID'],
  columns: [
    { name: 'Name', description: 'The client id.', cell: ({ metadata }) => metadata.name ?? '' },
    {
      name: 'Display Name',
      description: '',
      cell: (client) => textOf(part(client, 'spec'), 'name') || '<none>',
    },
    {
      name: 'Public',
      description: '',
      type: 'boolean',
      cell: (client) => part(client, 'spec')['public'] === true,
    },
    { name: 'Source', description: '', cell: (client) => textOf(part(client, 'status'), 'source') },
    {
      name: 'Redirect URIs',
      description: '',
      wide: true,
      cell: (client) => textsOf(part(client, 'spec'), 'redirectURIs').join(',') || '<none>',
    },
  ],
});

export type OAuthClientsKindDeps = Pick<Identity, 'clients' | 'removeClient'>;

const sources = { static: 'Static', builtIn: 'BuiltIn', registered: 'Registered' } as const;

export function createOAuthClientsKind({ clients, removeClient }: OAuthClientsKindDeps): AdminKind {
  const objects = () => clients().map(clientObject);
  return {
    type: oauthClientType,
    list: async (query) => wholePage(objects(), query),
    get: async (name) => objects().find(({ metadata }) => metadata.name === name),
    async delete({ metadata: { name = '' } }, { by, dryRun }) {
      const client = clients().find(({ id }) => nameOf(id) === name);
      if (client !== undefined && client.source !== 'registered')
        throw forbiddenObject(
          { group: ADMIN_GROUP, resource: 'oauthclients' },
          name,
          'it is not registered by itself: it is changed in the configuration file',
        );
      // When it is not there any more, it has gone meanwhile.
      if (client !== undefined && !dryRun) await removeClient(client.id, by);
    },
  };
}

function clientObject(client: ClientView): KubeObject {
  const { id, name, logoURL, redirectURIs, postLogoutRedirectURIs, backchannelLogoutURI } = client;
  return {
    kind: 'OAuthClient',
    apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
    metadata: {
      name: nameOf(id),
      uid: uidOf('OAuthClient', id),
      creationTimestamp: client.issuedAt === undefined ? null : timestamp(client.issuedAt * 1000),
    },
    spec: defined({
      clientID: id,
      name,
      logoURL,
      public: client.public ?? false,
      redirectURIs,
      postLogoutRedirectURIs,
      backchannelLogoutURI,
      trustedPeers: client.trustedPeers,
      allowedGroups: client.allowedGroups,
      refreshTokenLifetime: client.refreshTokenLifetime,
    }),
    status: {
      hasSecret: client.hasSecret,
      hasKeys: client.hasKeys,
      source: sources[client.source],
    },
  };
}

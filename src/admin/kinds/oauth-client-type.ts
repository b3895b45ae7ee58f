import { createdSubresource, kindType } from './kind-type.ts';
import { part, textOf, textsOf } from './read.ts';

const texts = { type: 'array', items: { type: 'string' } } as const;

/** What only a client of the configuration file has. */
export const configuredOnly = [
  'logoURL',
  'backchannelLogoutURI',
  'trustedPeers',
  'allowedGroups',
  'refreshTokenLifetime',
] as const;

/** The kind OAuthClient. Its name is the client id. */
export const oauthClientType = kindType({
  kind: 'OAuthClient',
  resource: 'oauthclients',
  description:
    'An application that people sign in to. The name is the client id, and drawn when there is none. Clients of the configuration ' +
    "file ('staticClients') are shown and changed there; those that have registered themselves can be deleted. A secret is shown to " +
    "nobody: POST to 'secret' gives another one.",
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'],
  subresources: [createdSubresource('secret', 'OAuthClientSecret')],
  spec: {
    clientID: { type: 'string', description: 'The name, where that can be an id. Default: the name.' },
    name: { type: 'string', description: 'Shown to people. Default: the client id.' },
    logoURL: { type: 'string', description: 'Of the configuration file only.' },
    public: {
      type: 'boolean',
      description: "Has no secret: an app on the person's own machine. Does not change. Default: false.",
    },
    redirectURIs: {
      ...texts,
      description: 'Where people are sent back to; compared character by character.',
    },
    postLogoutRedirectURIs: texts,
    backchannelLogoutURI: {
      type: 'string',
      description: "Is told of a session's end. Of the configuration file only.",
    },
    grantTypes: {
      ...texts,
      description: 'Among those that are served. Default: authorization_code and refresh_token.',
    },
    trustedPeers: {
      ...texts,
      description: 'Clients that may ask for tokens for this one. Of the configuration file only.',
    },
    allowedGroups: {
      ...texts,
      description:
        'Only members of one of these may sign in; everybody when absent. Of the configuration file only.',
    },
    refreshTokenLifetime: {
      type: 'string',
      description: 'standalone, or session. Of the configuration file only.',
    },
  },
  status: {
    hasSecret: { type: 'boolean' },
    hasKeys: { type: 'boolean', description: 'Proves itself by assertions that it signs.' },
    source: {
      type: 'string',
      description: 'Static: of the configuration file; BuiltIn; Stored: made here; or Registered, by itself.',
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

export const clientSecretType = kindType({
  kind: 'OAuthClientSecret',
  resource: 'oauthclients',
  description:
    'Gives a client another secret, which is told this once; the one before is void at once. What people have going goes on.',
  verbs: [],
  spec: {},
  status: { secret: { type: 'string', description: 'The secret.' } },
});

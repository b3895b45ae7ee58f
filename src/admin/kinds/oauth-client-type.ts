import { managedClientSchema } from '../../config/index.ts';
import { createdSubresource, kindType } from './kind-type.ts';
import { openapiProperties } from './openapi-schema.ts';
import { part, textOf, textsOf } from './read.ts';

/** What an entry of the file says, less what only a file can. */
const described = openapiProperties(managedClientSchema.properties ?? {});

/** What may be said of a client here; the rest of its object is passed over, or warned of. */
export const describedFields: readonly string[] = Object.keys(described);

/** The kind OAuthClient. Its name is the client id. */
export const oauthClientType = kindType({
  kind: 'OAuthClient',
  resource: 'oauthclients',
  description:
    'An application that people sign in to. The name is the client id, and drawn when there is none. Clients of the configuration ' +
    "file ('staticClients') are shown and changed there; those that have registered themselves can be deleted. What is said here is " +
    "what that file says of its own. A secret is shown to nobody: POST to 'secret' gives another one.",
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [createdSubresource('secret', 'OAuthClientSecret')],
  spec: {
    clientID: { type: 'string', description: 'The name, where that can be an id. Default: the name.' },
    ...described,
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
      name: 'Groups',
      description: 'Whose members may sign in.',
      wide: true,
      cell: (client) => textsOf(part(client, 'spec'), 'allowedGroups').join(',') || '<all>',
    },
    {
      name: 'Grant Types',
      description: 'How it gets tokens.',
      wide: true,
      cell: (client) => textsOf(part(client, 'spec'), 'grantTypes').map(shortName).join(',') || '<default>',
    },
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

/** Of a grant type that a URN names, its last word. */
function shortName(grantType: string): string {
  return grantType.slice(grantType.lastIndexOf(':') + 1);
}

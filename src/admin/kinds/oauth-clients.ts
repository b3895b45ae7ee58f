import type { KubeObject } from '../../cluster/index.ts';
import { AccountError, type ClientSpec, type ClientView, type Identity } from '../../identity/index.ts';
import { badRequest, forbiddenObject } from '../../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { Action, AdminKind } from '../kind.ts';
import { clientSecretType, configuredOnly, oauthClientType } from './oauth-client-type.ts';
import { idOf, nameOf } from './object-name.ts';
import { defined, optionalBoolean, optionalText, part, textsOf, timestamp, uidOf } from './read.ts';
import { wholePage } from './whole-page.ts';

export type OAuthClientsKindDeps = Pick<
  Identity,
  'clients' | 'findClient' | 'managedClients' | 'removeClient'
>;

const sources = { static: 'Static', builtIn: 'BuiltIn', stored: 'Stored', registered: 'Registered' } as const;
const apiVersion = `${ADMIN_GROUP}/${ADMIN_VERSION}`;

export function createOAuthClientsKind(deps: OAuthClientsKindDeps): AdminKind {
  const { clients, findClient, managedClients, removeClient } = deps;
  return {
    type: oauthClientType,
    list: async (query) => wholePage(clients().map(clientObject), query),
    async get(name) {
      const client = await findClient(idOf(name));
      return client && nameOf(client.id) === name ? clientObject(client) : undefined;
    },
    async create(wanted, { by, dryRun }) {
      const spec = clientSpec(wanted);
      const id = wantedId(wanted);
      return clientObject(
        await (dryRun ? managedClients.tryCreate(id, spec) : managedClients.create(id, spec, by)),
      );
    },
    async update(wanted, current, { by, dryRun }) {
      const id = wantedId(wanted) ?? '';
      const spec = clientSpec(wanted, current);
      const { resourceVersion } = current.metadata;
      const revision = resourceVersion === undefined ? undefined : Number(resourceVersion);
      const changed = dryRun
        ? managedClients.tryUpdate(id, spec, revision)
        : managedClients.update(id, spec, by, revision);
      return clientObject(await changed);
    },
    async delete({ metadata: { name = '' } }, { by, dryRun }) {
      const client = await findClient(idOf(name));
      if (client !== undefined && (client.source === 'static' || client.source === 'builtIn'))
        throw forbiddenObject(
          { group: ADMIN_GROUP, resource: 'oauthclients' },
          name,
          'it is not kept in the store: it is changed in the configuration file',
        );
      // When it is not there any more, it has gone meanwhile.
      if (client !== undefined && !dryRun) await removeClient(client.id, by);
    },
    actions: { secret: secretAction(managedClients) },
  };
}

function secretAction(clients: OAuthClientsKindDeps['managedClients']): Action {
  return {
    type: clientSecretType,
    async run({ metadata: { name = '' } }, _body, { by, dryRun }) {
      if (dryRun) throw badRequest('dryRun is not supported here');
      const secret = await clients.rotateSecret(idOf(name), by);
      return { kind: 'OAuthClientSecret', apiVersion, metadata: { name }, spec: {}, status: { secret } };
    },
  };
}

/** @throws AccountError when two are said */
function wantedId({ metadata, ...object }: KubeObject): string | undefined {
  const named = metadata.name === undefined || metadata.name === '' ? undefined : idOf(metadata.name);
  const said = optionalText(part({ metadata, ...object }, 'spec'), 'clientID');
  if (named !== undefined && said !== undefined && named !== said)
    throw new AccountError('invalid', 'it is the name of the object, and does not change', {
      field: 'clientID',
    });
  return named ?? said;
}

/** @throws AccountError for what would be lost */
function clientSpec(object: KubeObject, current?: KubeObject): ClientSpec {
  const spec = part(object, 'spec');
  const before = current === undefined ? {} : part(current, 'spec');
  const isNew = (field: string) => JSON.stringify(spec[field]) !== JSON.stringify(before[field]);
  const lost = configuredOnly.find((field) => (spec[field] ?? undefined) !== undefined && isNew(field));
  if (lost !== undefined)
    throw new AccountError('invalid', 'only clients of the configuration file (staticClients) have it', {
      field: lost,
    });
  const given = (field: string) => (Array.isArray(spec[field]) ? textsOf(spec, field) : undefined);
  return {
    name: optionalText(spec, 'name'),
    public: optionalBoolean(spec, 'public') ?? false,
    redirectURIs: textsOf(spec, 'redirectURIs'),
    postLogoutRedirectURIs: textsOf(spec, 'postLogoutRedirectURIs'),
    grantTypes: given('grantTypes'),
  };
}

function clientObject(client: ClientView): KubeObject {
  const { id, name, logoURL, redirectURIs, postLogoutRedirectURIs, backchannelLogoutURI, revision } = client;
  return {
    kind: 'OAuthClient',
    apiVersion,
    metadata: defined({
      name: nameOf(id),
      uid: uidOf('OAuthClient', id, ...(client.source === 'stored' ? [client.issuedAt ?? 0] : [])),
      resourceVersion: (revision ?? 0) === 0 ? undefined : String(revision),
      creationTimestamp: client.issuedAt === undefined ? null : timestamp(client.issuedAt * 1000),
    }),
    spec: defined({
      clientID: id,
      name,
      logoURL,
      public: client.public ?? false,
      redirectURIs,
      postLogoutRedirectURIs,
      backchannelLogoutURI,
      grantTypes: client.grantTypes,
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

import type { KubeObject } from '../../cluster/index.ts';
import { AccountError, type ClientView, type Identity } from '../../identity/index.ts';
import { badRequest, forbiddenObject } from '../../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { Action, AdminKind } from '../kind.ts';
import type { Memberships } from '../memberships.ts';
import { changesOf } from './changes-of.ts';
import { confirmMayBeClient, confirmMayEmpower } from './client-power.ts';
import { lastAppliedAnnotation, lastAppliedOf } from './last-applied.ts';
import { clientSecretType, describedFields, oauthClientType } from './oauth-client-type.ts';
import { idOf, nameOf } from './object-name.ts';
import { defined, optionalText, part, timestamp, uidOf } from './read.ts';
import { wholePage } from './whole-page.ts';

export interface OAuthClientsKindDeps
  extends Pick<Identity, 'findClient' | 'managedClients' | 'readClients' | 'removeClient' | 'watchClients'> {
  readonly memberships: Memberships;
}

const sources = { static: 'Static', builtIn: 'BuiltIn', stored: 'Stored', registered: 'Registered' } as const;
const specFields = ['clientID', ...describedFields];
const apiVersion = `${ADMIN_GROUP}/${ADMIN_VERSION}`;

export function createOAuthClientsKind(deps: OAuthClientsKindDeps): AdminKind {
  const { findClient, managedClients, memberships, readClients, removeClient, watchClients } = deps;
  return {
    type: oauthClientType,
    async list(query) {
      const { clients, revision } = await readClients(query.revision);
      return { ...wholePage(clients.map(clientObject), query), revision };
    },
    watch: (after, handlers) => watchClients(after, changesOf(clientObject, handlers)),
    async get(name) {
      const client = await findClient(idOf(name));
      return client && nameOf(client.id) === name ? clientObject(client) : undefined;
    },
    async create(wanted, writing) {
      const { by, dryRun } = writing;
      await confirmMayEmpower(memberships, wanted, undefined, writing);
      const spec = clientSpec(wanted);
      const id = wantedId(wanted);
      const more = { lastApplied: lastAppliedOf(wanted, specFields) };
      const made = dryRun
        ? managedClients.tryCreate(id, spec, more)
        : managedClients.create(id, spec, by, more);
      return clientObject(await made);
    },
    async update(wanted, current, writing) {
      const { by, dryRun } = writing;
      await confirmMayEmpower(memberships, wanted, current, writing);
      const id = wantedId(wanted) ?? '';
      const spec = clientSpec(wanted);
      const { resourceVersion } = current.metadata;
      const more = {
        revision: resourceVersion === undefined ? undefined : Number(resourceVersion),
        lastApplied: lastAppliedOf(wanted, specFields),
      };
      const changed = dryRun
        ? managedClients.tryUpdate(id, spec, more)
        : managedClients.update(id, spec, by, more);
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
    actions: { secret: secretAction(deps) },
  };
}

function secretAction({ managedClients, memberships }: OAuthClientsKindDeps): Action {
  return {
    type: clientSecretType,
    async run(current, _body, writing) {
      const { name = '' } = current.metadata;
      const { by, dryRun } = writing;
      await confirmMayBeClient(memberships, current, writing);
      if (dryRun) throw badRequest('dryRun is not supported here');
      const secret = await managedClients.rotateSecret(idOf(name), by);
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

/** What is said of the client. Null says nothing, as a patch or a YAML file may leave it. */
function clientSpec(object: KubeObject): Readonly<Record<string, unknown>> {
  const spec = part(object, 'spec');
  return Object.fromEntries(
    describedFields.flatMap((field) => {
      const value = spec[field] ?? undefined;
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

function clientObject(client: ClientView): KubeObject {
  const { id, revision } = client;
  return {
    kind: 'OAuthClient',
    apiVersion,
    metadata: defined({
      name: nameOf(id),
      uid: uidOf('OAuthClient', id, ...(client.source === 'stored' ? [client.issuedAt ?? 0] : [])),
      resourceVersion: (revision ?? 0) === 0 ? undefined : String(revision),
      creationTimestamp: client.issuedAt === undefined ? null : timestamp(client.issuedAt * 1000),
      annotations: lastAppliedAnnotation(client.lastApplied),
    }),
    spec: {
      clientID: id,
      ...defined(Object.fromEntries(describedFields.map((field) => [field, Reflect.get(client, field)]))),
      public: client.public ?? false,
    },
    status: {
      hasSecret: client.hasSecret,
      hasKeys: client.hasKeys,
      source: sources[client.source],
    },
  };
}

import { randomBytes } from 'node:crypto';
import { AccountError } from '../accounts/account-error.ts';
import { type Actor, audited, type IdentityAudit } from '../audit/index.ts';
import { ClientConfigError, type ClientMetadata } from '../clients/client-metadata.ts';
import { type ClientView, viewOf } from '../clients/client-view.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { ClientEndings } from './client-endings.ts';
import { readRegistration } from './read-registration.ts';
import { configOf, newSecret, type RegisteredClient, type Registration } from './registered-client.ts';
import type { KeptClient, RegisteredClients } from './registered-clients.ts';
import { registeredMetadata } from './registrar.ts';
import { RegistrationError } from './registration-error.ts';

/** What of a client an operator says. */
export interface ClientSpec {
  readonly name?: string | undefined;
  /** Has no secret. Of a client that there is, it stays. */
  readonly public: boolean;
  readonly redirectURIs: readonly string[];
  readonly postLogoutRedirectURIs: readonly string[];
  /** Default: it signs people in, and keeps them signed in. */
  readonly grantTypes?: readonly string[] | undefined;
}

/**
 * Clients that operators make while the server runs. They pass what passes those that register themselves, are kept as these are, and
 * count at once in every process. Everything throws AccountError.
 */
export interface ManagedClients {
  /**
   * A new one. Its secret, where it has one, nobody knows until `rotateSecret`.
   * @param id undefined: one is drawn
   */
  create(id: string | undefined, spec: ClientSpec, by: Actor): Promise<ClientView>;
  /** The same, and nothing is done. */
  tryCreate(id: string | undefined, spec: ClientSpec): Promise<ClientView>;
  /** @param revision that the caller has seen; undefined: any */
  update(id: string, spec: ClientSpec, by: Actor, revision?: number): Promise<ClientView>;
  tryUpdate(id: string, spec: ClientSpec, revision?: number): Promise<ClientView>;
  /** Gives it another secret, told this once; the one before is void at once. */
  rotateSecret(id: string, by: Actor): Promise<string>;
}

export interface ManagedClientsDeps {
  readonly clients: Pick<RegisteredClients, 'read' | 'create' | 'update'>;
  readonly endings: Pick<ClientEndings, 'isBegun'>;
  /** Whether a client that is not in the store has the id. */
  isConfigured(id: string): boolean;
  /** The grant types that are served now. */
  grantTypes(): readonly string[];
  /** Has the provider look at a client that it does not have yet. @throws ClientConfigError */
  check(metadata: ClientMetadata): void;
  readonly audit: IdentityAudit;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What needs no escaping, neither in a path nor in the credentials of a client (RFC 6749 §2.3.1). */
const usableId = /^(?!\.{1,2}$)[\w.~-]{1,100}$/;
const usualGrants = ['authorization_code', 'refresh_token'];

/** What an operator calls what RFC 7591 calls otherwise. */
const fields: Readonly<Record<string, string>> = {
  client_name: 'name',
  redirect_uris: 'redirectURIs',
  post_logout_redirect_uris: 'postLogoutRedirectURIs',
  grant_types: 'grantTypes',
};

export function createManagedClients(deps: ManagedClientsDeps): ManagedClients {
  const { clients, grantTypes } = deps;

  function read(spec: ClientSpec): Registration {
    const served = grantTypes();
    return readRegistration(
      {
        client_name: spec.name,
        token_endpoint_auth_method: spec.public ? 'none' : 'client_secret_basic',
        redirect_uris: spec.redirectURIs,
        post_logout_redirect_uris: spec.postLogoutRedirectURIs,
        grant_types: spec.grantTypes ?? usualGrants.filter((type) => served.includes(type)),
      },
      { served, vouchedFor: true },
    );
  }

  /** As clients are looked at that register themselves. */
  function checked(spec: ClientSpec, given: Omit<RegisteredClient, keyof Registration>): RegisteredClient {
    try {
      const client: RegisteredClient = { ...read(spec), ...given };
      deps.check(registeredMetadata(client, grantTypes()));
      return client;
    } catch (error) {
      if (error instanceof RegistrationError)
        throw invalid(error.message, error.member === undefined ? undefined : fields[error.member]);
      if (error instanceof ClientConfigError) throw invalid(error.message);
      throw error;
    }
  }

  async function fresh(given: string | undefined, spec: ClientSpec): Promise<RegisteredClient> {
    const id = given ?? `client-${randomBytes(16).toString('hex')}`;
    if (!usableId.test(id))
      throw invalid('a client id is 1 to 100 letters, digits, and -._~ between them', 'clientID');
    if (deps.isConfigured(id))
      throw invalid(
        'the client is in the configuration file, or part of the product: change it there (staticClients), or take another id',
        'clientID',
      );
    if ((await clients.read(id)) !== undefined) throw taken(id);
    // What is left of a removal would take the new one away, too.
    if (await deps.endings.isBegun(id))
      throw new AccountError(
        'busy',
        `the client ${id} that was is still being removed: try again in a moment`,
      );
    return checked(spec, {
      id,
      issuedAt: Math.floor(deps.now() / 1000),
      secretHash: spec.public ? undefined : hashOf(newSecret()),
      tokenHash: undefined,
      used: true,
      managed: true,
    });
  }

  async function mustRead(id: string): Promise<KeptClient> {
    const kept = await clients.read(id);
    if (deps.isConfigured(id))
      throw new AccountError('readOnly', 'it is changed in the configuration file (staticClients)');
    if (kept === undefined) throw new AccountError('notFound', `there is no client ${id}`);
    if (kept.client.managed !== true)
      throw new AccountError(
        'readOnly',
        'it has registered itself, and changes itself (RFC 7592); it can be deleted',
      );
    return kept;
  }

  async function changed(id: string, spec: ClientSpec, seen: number | undefined): Promise<KeptClient> {
    const { client, revision } = await mustRead(id);
    if (seen !== undefined && seen !== revision) throw changedMeanwhile(id);
    if (spec.public !== (client.authMethod === 'none'))
      throw invalid('whether a client has a secret does not change: make another client', 'public');
    const { issuedAt, secretHash, tokenHash, used } = client;
    return { client: checked(spec, { id, issuedAt, secretHash, tokenHash, used, managed: true }), revision };
  }

  async function write({ client, revision }: KeptClient): Promise<KeptClient> {
    const next = await clients.update(client, revision);
    if (next === undefined) throw changedMeanwhile(client.id);
    return { client, revision: next };
  }

  return {
    create: (id, spec, by) =>
      audited(
        deps,
        { action: 'client.create', by, subject: id },
        async () => {
          const client = await fresh(id, spec);
          const revision = await clients.create(client);
          if (revision === undefined) throw taken(client.id);
          return keptView({ client, revision });
        },
        (made) => made.id,
      ),
    tryCreate: async (id, spec) => keptView({ client: await fresh(id, spec), revision: 0 }),
    update: (id, spec, by, revision) =>
      audited(deps, { action: 'client.update', by, subject: id }, async () =>
        keptView(await write(await changed(id, spec, revision))),
      ),
    tryUpdate: async (id, spec, revision) => keptView(await changed(id, spec, revision)),
    rotateSecret: (id, by) =>
      audited(deps, { action: 'client.rotate-secret', by, subject: id }, async () => {
        const { client, revision } = await mustRead(id);
        if (client.authMethod === 'none') throw invalid('the client is public: it has no secret', 'public');
        const secret = newSecret();
        await write({ client: { ...client, secretHash: hashOf(secret) }, revision });
        return secret;
      }),
  };
}

/** One of the store's clients as operators see it. */
export function keptView({ client, revision }: KeptClient): ClientView {
  const source = client.managed === true ? 'stored' : 'registered';
  return { ...viewOf(configOf(client), source), issuedAt: client.issuedAt, revision };
}

const invalid = (message: string, field?: string) =>
  new AccountError('invalid', message, field === undefined ? {} : { field });
const taken = (id: string) => new AccountError('taken', `there is a client ${id} already`);
const changedMeanwhile = (id: string) =>
  new AccountError('changed', `the client ${id} was changed meanwhile`);

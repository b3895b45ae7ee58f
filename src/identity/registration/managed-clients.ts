import { randomBytes } from 'node:crypto';
import { AccountError } from '../accounts/account-error.ts';
import { type Actor, audited, type IdentityAudit } from '../audit/index.ts';
import { ClientConfigError, type ClientMetadata } from '../clients/client-metadata.ts';
import { type ClientView, viewOf } from '../clients/client-view.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { ClientEndings } from './client-endings.ts';
import { type DescribeClientDeps, describeClient, descriptionOf } from './describe-client.ts';
import { differenceText } from './difference-text.ts';
import { configOf, newSecret, type RegisteredClient } from './registered-client.ts';
import type { KeptClient, RegisteredClients } from './registered-clients.ts';
import { registeredMetadata } from './registrar.ts';

export interface BesideSpec {
  /** That the caller has seen; undefined: any. */
  readonly revision?: number | undefined;
  /** What `kubectl apply` says, for itself to know. */
  readonly lastApplied?: string | undefined;
}

/**
 * Clients that operators make while the server runs. What is said of one is what an entry of `staticClients` says, less what only a
 * file can; they pass what passes those that register themselves, are kept as these are, and count at once in every process.
 * Everything throws AccountError.
 */
export interface ManagedClients {
  /**
   * A new one. Its secret, where it has one, nobody knows until `rotateSecret`.
   * @param id undefined: one is drawn
   */
  create(id: string | undefined, spec: unknown, by: Actor, more?: BesideSpec): Promise<ClientView>;
  /** The same, and nothing is done. */
  tryCreate(id: string | undefined, spec: unknown, more?: BesideSpec): Promise<ClientView>;
  /** Where nothing is to change, nothing is written. */
  update(id: string, spec: unknown, by: Actor, more?: BesideSpec): Promise<ClientView>;
  tryUpdate(id: string, spec: unknown, more?: BesideSpec): Promise<ClientView>;
  /** Gives it another secret, told this once; the one before is void at once. */
  rotateSecret(id: string, by: Actor): Promise<string>;
}

export interface ManagedClientsDeps extends DescribeClientDeps {
  readonly clients: Pick<RegisteredClients, 'read' | 'create' | 'update'>;
  readonly endings: Pick<ClientEndings, 'isBegun'>;
  /** Whether a client that is not in the store has the id. */
  isConfigured(id: string): boolean;
  /** Has the provider look at a client that it does not have yet. @throws ClientConfigError */
  check(metadata: ClientMetadata): void;
  readonly audit: IdentityAudit;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What needs no escaping, neither in a path nor in the credentials of a client (RFC 6749 §2.3.1). */
const usableId = /^(?!\.{1,2}$)[\w.~-]{1,100}$/;

type Given = Pick<RegisteredClient, 'id' | 'issuedAt' | 'secretHash' | 'tokenHash' | 'used' | 'lastApplied'>;

export function createManagedClients(deps: ManagedClientsDeps): ManagedClients {
  const { clients } = deps;

  /** As clients are looked at that register themselves; one that proves itself by a secret has one. */
  function checked(spec: unknown, given: Given): RegisteredClient {
    const described = describeClient(spec, deps);
    const hasSecret = described.authMethod === 'client_secret_basic';
    const secretHash = hasSecret ? (given.secretHash ?? hashOf(newSecret())) : undefined;
    const client: RegisteredClient = { ...described, ...given, secretHash, managed: true };
    try {
      deps.check(registeredMetadata(client, deps.grantTypes()));
    } catch (error) {
      if (error instanceof ClientConfigError) throw invalid(error.message);
      throw error;
    }
    return client;
  }

  async function fresh(
    given: string | undefined,
    spec: unknown,
    { lastApplied }: BesideSpec,
  ): Promise<RegisteredClient> {
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
    const issuedAt = Math.floor(deps.now() / 1000);
    const own = { id, issuedAt, secretHash: undefined, tokenHash: undefined, used: true, lastApplied };
    return checked(spec, own);
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

  async function changed(
    id: string,
    spec: unknown,
    { revision: seen, lastApplied }: BesideSpec,
  ): Promise<{ readonly before: RegisteredClient; readonly after: KeptClient }> {
    const { client, revision } = await mustRead(id);
    if (seen !== undefined && seen !== revision) throw changedMeanwhile(id);
    const { issuedAt, secretHash, tokenHash, used } = client;
    const next = checked(spec, { id, issuedAt, secretHash, tokenHash, used, lastApplied });
    if ((next.authMethod === 'none') !== (client.authMethod === 'none'))
      throw invalid('whether a client has a secret does not change: make another client', 'public');
    return { before: client, after: { client: next, revision } };
  }

  async function write({ client, revision }: KeptClient): Promise<KeptClient> {
    const next = await clients.update(client, revision);
    if (next === undefined) throw changedMeanwhile(client.id);
    return { client, revision: next };
  }

  async function create(
    id: string | undefined,
    spec: unknown,
    by: Actor,
    more: BesideSpec = {},
  ): Promise<ClientView> {
    let detail: string | undefined;
    const about = { action: 'client.create', by, subject: id, detail: () => detail } as const;
    const make = async () => {
      const client = await fresh(id, spec, more);
      const revision = await clients.create(client);
      if (revision === undefined) throw taken(client.id);
      detail = differenceText({}, descriptionOf(client));
      return keptView({ client, revision });
    };
    return audited(deps, about, make, (made) => made.id);
  }

  async function update(id: string, spec: unknown, by: Actor, more: BesideSpec = {}): Promise<ClientView> {
    let detail: string | undefined;
    return audited(deps, { action: 'client.update', by, subject: id, detail: () => detail }, async () => {
      const { before, after } = await changed(id, spec, more);
      const difference = differenceText(descriptionOf(before), descriptionOf(after.client));
      if (difference === undefined && before.lastApplied === after.client.lastApplied)
        return keptView({ client: before, revision: after.revision });
      const written = await write(after);
      detail = difference;
      return keptView(written);
    });
  }

  return {
    create,
    tryCreate: async (id, spec, more = {}) => keptView({ client: await fresh(id, spec, more), revision: 0 }),
    update,
    tryUpdate: async (id, spec, more = {}) => keptView((await changed(id, spec, more)).after),
    rotateSecret: (id, by) =>
      audited(deps, { action: 'client.rotate-secret', by, subject: id }, async () => {
        const { client, revision } = await mustRead(id);
        if (client.authMethod === 'none') throw invalid('the client is public: it has no secret', 'public');
        if (client.authMethod === 'private_key_jwt')
          throw invalid('the client proves itself by its keys: it has no secret', 'jwks');
        const secret = newSecret();
        await write({ client: { ...client, secretHash: hashOf(secret) }, revision });
        return secret;
      }),
  };
}

/** One of the store's clients as operators see it. */
export function keptView({ client, revision }: KeptClient): ClientView {
  const source = client.managed === true ? 'stored' : 'registered';
  const { issuedAt, lastApplied } = client;
  return { ...viewOf(configOf(client), source), issuedAt, lastApplied, revision };
}

const invalid = (message: string, field?: string) =>
  new AccountError('invalid', message, field === undefined ? {} : { field });
const taken = (id: string) => new AccountError('taken', `there is a client ${id} already`);
const changedMeanwhile = (id: string) =>
  new AccountError('changed', `the client ${id} was changed meanwhile`);

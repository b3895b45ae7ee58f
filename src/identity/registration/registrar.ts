import { ClientConfigError, type ClientMetadata, metadataOf } from '../clients/client-metadata.ts';
import { hashOf } from '../provider/stored-model.ts';
import { readRegistration } from './read-registration.ts';
import {
  type AuthMethod,
  configOf,
  newClientId,
  newSecret,
  type RegisteredClient,
} from './registered-client.ts';
import type { RegisteredClients } from './registered-clients.ts';
import type { Issued } from './registration-answer.ts';
import { RegistrationError } from './registration-error.ts';

export interface Registrar {
  /** @throws RegistrationError */
  register(body: unknown): Promise<{ readonly client: RegisteredClient; readonly issued: Issued }>;
  /** The client that the registration access token is of; undefined when there is none. */
  open(id: string, token: string): Promise<RegisteredClient | undefined>;
  /**
   * Replaces all that the client says of itself (RFC 7592 §2.2); what this server has given it stays.
   * @throws RegistrationError
   */
  change(
    before: RegisteredClient,
    body: unknown,
  ): Promise<{ readonly client: RegisteredClient; readonly issued: Pick<Issued, 'secret'> }>;
}

export interface RegistrarDeps {
  readonly clients: Pick<RegisteredClients, 'add' | 'find' | 'replace'>;
  /** The grant types that are served now. */
  grantTypes(): readonly string[];
  /** Has the provider look at a client that it does not have yet. @throws ClientConfigError */
  check(metadata: ClientMetadata): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Given by this server, and not for the client to set (RFC 7592 §2.2). */
const givenMembers = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

const hasSecret = (method: AuthMethod) => method === 'client_secret_basic' || method === 'client_secret_post';

/** What the provider is told of a registered client. */
export function registeredMetadata(client: RegisteredClient, served: readonly string[]): ClientMetadata {
  const metadata = metadataOf(configOf(client), { firstParty: false, served });
  const vouched = client.managed === true ? ({ vouched_for: true } as const) : {};
  return { ...metadata, token_endpoint_auth_method: client.authMethod, registered: true, ...vouched };
}

export function createRegistrar(deps: RegistrarDeps): Registrar {
  const { clients, grantTypes, now } = deps;

  /** As the start looks at configured ones. @throws RegistrationError */
  function mustBeUsable(client: RegisteredClient): void {
    try {
      deps.check(registeredMetadata(client, grantTypes()));
    } catch (error) {
      if (!(error instanceof ClientConfigError)) throw error;
      throw new RegistrationError('invalid_client_metadata', error.message);
    }
  }

  return {
    async register(body) {
      const registration = readRegistration(body, { served: grantTypes() });
      const issued = {
        token: newSecret(),
        secret: hasSecret(registration.authMethod) ? newSecret() : undefined,
      };
      const client: RegisteredClient = {
        ...registration,
        id: newClientId(),
        issuedAt: Math.floor(now() / 1000),
        secretHash: issued.secret === undefined ? undefined : hashOf(issued.secret),
        tokenHash: hashOf(issued.token),
        used: false,
      };
      mustBeUsable(client);
      await clients.add(client);
      return { client, issued };
    },
    async open(id, token) {
      const client = await clients.find(id);
      return client?.tokenHash === hashOf(token) ? client : undefined;
    },
    async change(before, body) {
      const registration = readRegistration(body, { served: grantTypes() });
      const given = body as Readonly<Record<string, unknown>>;
      const forbidden = givenMembers.find((member) => Object.hasOwn(given, member));
      if (forbidden !== undefined)
        throw new RegistrationError('invalid_request', `${forbidden} must not be sent`);
      if (given['client_id'] !== before.id)
        throw new RegistrationError('invalid_request', 'client_id must be that of the client');
      const presented = given['client_secret'];
      if (
        presented !== undefined &&
        (typeof presented !== 'string' || hashOf(presented) !== before.secretHash)
      )
        throw new RegistrationError('invalid_request', 'client_secret is not right');
      const needsSecret = hasSecret(registration.authMethod);
      const secret = needsSecret && before.secretHash === undefined ? newSecret() : undefined;
      const { id, issuedAt, tokenHash, used } = before;
      const secretHash = secret === undefined ? before.secretHash : hashOf(secret);
      const kept = { id, issuedAt, tokenHash, used, secretHash: needsSecret ? secretHash : undefined };
      const client: RegisteredClient = { ...registration, ...kept };
      mustBeUsable(client);
      if (!(await clients.replace(before, client)))
        throw new RegistrationError('invalid_request', 'the client was changed meanwhile: read it again');
      return { client, issued: { secret } };
    },
  };
}

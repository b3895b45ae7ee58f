import { errors } from 'oidc-provider';
import type { Log } from '../identity-deps.ts';
import type { UsedOnce } from '../provider/used-once.ts';
import { type Proven, readParty, verifyAssertion } from './assertion.ts';
import { type FederatedClient, type FederatedCredential, federatedKey } from './federated-credential.ts';
import { createIssuerKeys } from './issuer-keys.ts';

export interface FederatedClientsDeps {
  /** Ours: the audience of assertions unless a credential names another. */
  readonly issuer: string;
  readonly clients: readonly FederatedClient[];
  readonly log: Log;
  readonly isFirst: UsedOnce;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Clients that another issuer vouches for, in place of a secret of their own (RFC 7523 §2.2). */
export interface FederatedClients {
  /**
   * The client that a request with an assertion is from, as far as it says so: the one that it names, or else the one that
   * issuer and subject of the assertion belong to; undefined when it is a client without federated credentials.
   */
  clientOf(assertion: string, clientId: string | undefined): string | undefined;
  /** @throws errors.InvalidClientAuth; why is in the log only */
  verify(clientId: string, assertion: string): Promise<void>;
  /** From now on these; they have been checked. */
  replaceClients(clients: readonly FederatedClient[]): void;
  close(): Promise<void>;
}

/** Seconds. What lives no longer is made for one use. */
const shortLife = 600;

/**
 * An assertion with a `jti` is made for one use (RFC 7523 §3) when it lives briefly. One that lives for an hour is made to be
 * used until it ends, and so are the tokens that Kubernetes puts into a pod, however long they live.
 */
function idOfOneUse({ jti, life, ofKubernetes }: Proven): string | undefined {
  return life <= shortLife && !ofKubernetes ? jti : undefined;
}

export function createFederatedClients(deps: FederatedClientsDeps): FederatedClients {
  const keys = createIssuerKeys(deps);
  let owners = new Map<string, { readonly clientId: string; readonly credential: FederatedCredential }>();
  let federated = new Set<string>();

  function take(clients: readonly FederatedClient[]): void {
    const all = clients.flatMap(({ id, federatedCredentials = [] }) =>
      federatedCredentials.map((credential) => ({ clientId: id, credential })),
    );
    owners = new Map(
      all.map((owner) => [federatedKey(owner.credential.issuer, owner.credential.subject), owner]),
    );
    federated = new Set(all.map(({ clientId }) => clientId));
    keys.keepOnly(all.map(({ credential }) => credential));
  }
  take(deps.clients);

  function ownerOf(assertion: string) {
    const party = readParty(assertion);
    return party === undefined ? undefined : owners.get(federatedKey(party.issuer, party.subject));
  }

  return {
    clientOf(assertion, clientId) {
      if (clientId === undefined) return ownerOf(assertion)?.clientId;
      return federated.has(clientId) ? clientId : undefined;
    },
    async verify(clientId, assertion) {
      const owner = ownerOf(assertion);
      if (owner?.clientId !== clientId)
        throw new errors.InvalidClientAuth('the client has no such federated credential');
      const { issuer, subject, audience = deps.issuer } = owner.credential;
      const now = Math.floor(deps.now() / 1000);
      const proven = await verifyAssertion(
        assertion,
        { issuer, subject, audience },
        keys.of(owner.credential),
        now,
      );
      if (typeof proven === 'string') throw new errors.InvalidClientAuth(`the assertion: ${proven}`);
      const jti = idOfOneUse(proven);
      if (jti !== undefined && !(await deps.isFirst(issuer, jti, Math.ceil(proven.expiresAt))))
        throw new errors.InvalidClientAuth('the assertion has been used');
    },
    replaceClients: take,
    close: keys.close,
  };
}

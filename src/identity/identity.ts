import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import type { Expiring, StoreWatch } from '../store/index.ts';
import type { AccountSource } from './accounts/account-source.ts';
import type { AccountWatchHandlers } from './accounts/account-watch.ts';
import type { Groups } from './accounts/groups/groups.ts';
import type { LocalUsers } from './accounts/open-accounts.ts';
import type { HashLoad } from './accounts/passwords/hash-queue.ts';
import type { Actor, IdentityAudit, IdentityEvent } from './audit/index.ts';
import type { ClientView } from './clients/client-view.ts';
import type { Factors } from './factors/factors.ts';
import type { PageHost } from './interaction/page-host.ts';
import type { KeyService } from './keys/key-service.ts';
import type { ManagedClients } from './registration/managed-clients.ts';
import type { Reloadable } from './reload.ts';
import type { Sessions } from './sessions/sessions.ts';

/** Door 1, opened. */
export interface Identity {
  /** Everything that door 1 serves; an Express app, so for HTTP/1.1 only. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  /** The public keys that verify the ID tokens issued here; another object whenever they have changed. */
  jwks(): { readonly keys: readonly JWK[] };
  /** Whether the session that an ID token's `sid` names was ended before the token. */
  isEnded(sessionId: string): boolean;
  /** Whether there is a client with this id: tokens of one that is gone count no more. */
  hasClient(clientId: string): boolean;
  ready(): boolean;
  /** Who is signed in where; to be ended by an admin, or by the person. */
  readonly sessions: Sessions;
  /** The accounts that can sign in; to be managed by an admin, or by the person. */
  readonly users: LocalUsers;
  /** Second factors of the accounts, static ones too; to be seen and reset by an admin. */
  readonly factors: Factors;
  readonly groups: Groups;
  /** Where accounts are kept, and how people come in with them. */
  sources(): Promise<readonly AccountSource[]>;
  /** The clients in force, the one that is always there among them, and those of the store. */
  clients(): readonly ClientView[];
  /** The same with those that the store has now, or as of a revision; and the revision that was read. */
  readClients(
    revision?: number,
  ): Promise<{ readonly clients: readonly ClientView[]; readonly revision: number }>;
  /** Tells every change of the store's clients after a revision. */
  watchClients(after: number, handlers: AccountWatchHandlers<ClientView>): StoreWatch;
  /** One of them as it is now, whatever another process has just made of it. */
  findClient(id: string): Promise<ClientView | undefined>;
  /** Those that are made and changed by an admin. */
  readonly managedClients: ManagedClients;
  /** Removes a client that is not configured, and with it all that it could do. False when none has this id. */
  removeClient(clientId: string, by: Actor): Promise<boolean>;
  /** How busy the queue is that all hashing of passwords goes through. */
  passwordLoad(): HashLoad;
  /** The signing keys, to be seen and replaced by an operator. */
  readonly keys: KeyService;
  /** The trail of who did what to whom, for what people do elsewhere in the product. */
  readonly trail: Pick<IdentityAudit, 'record'>;
  /** What this process has put on the trail lately, the last first. */
  recentEvents(): readonly IdentityEvent[];
  /** For pages on the issuer's origin that are not the provider's. */
  readonly pages: PageHost;
  /** Record sets to be collected by the store's housekeeping. */
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
  /**
   * Takes other clients and static accounts from now on: all of them, or none.
   * @throws ClientConfigError, ClientPolicyError, AccountConflictError
   */
  reload(next: Reloadable): Promise<void>;
  /** From now on not ready. The store is the caller's to close. */
  close(): Promise<void>;
}

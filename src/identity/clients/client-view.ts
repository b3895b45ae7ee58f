import type { ClientConfig } from '../identity-deps.ts';
import { kubectl } from './client-metadata.ts';

/** A client as operators see it: all of its configuration but its secret. */
export interface ClientView extends Omit<ClientConfig, 'secret'> {
  readonly hasSecret: boolean;
  /** Proves itself by assertions that are signed with a key of its own. */
  readonly hasKeys: boolean;
  /** `builtIn`: part of this product; not in the configuration file. `stored`: made by an operator. `registered`: by itself. */
  readonly source: 'static' | 'builtIn' | 'stored' | 'registered';
  /** When it was made or has registered itself, in seconds since the epoch. */
  readonly issuedAt?: number | undefined;
  /** What `kubectl apply` has said last, for itself to know. */
  readonly lastApplied?: string | undefined;
  /** Of the store, where it is kept there. */
  readonly revision?: number | undefined;
}

/** The configured clients, and the built-in one where none of them is in its place. */
export function clientViews(clients: readonly ClientConfig[]): readonly ClientView[] {
  const isReplaced = clients.some(({ id }) => id === kubectl.id);
  const configured = clients.map((client) => viewOf(client, 'static'));
  return isReplaced ? configured : [...configured, viewOf(kubectl, 'builtIn')];
}

/** Without the secret that it proves itself by. */
export function viewOf({ secret, ...client }: ClientConfig, source: ClientView['source']): ClientView {
  return { ...client, hasSecret: (secret ?? '') !== '', hasKeys: client.jwks !== undefined, source };
}

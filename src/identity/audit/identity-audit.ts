/** What was tried. A dotted name says on what kind of thing. */
export type IdentityAction =
  | 'sign-in'
  | 'sign-out'
  | 'authorize'
  | 'authorize.push'
  | 'device.authorize'
  | 'device.approve'
  | 'device.deny'
  | 'token.issue'
  | 'token.revoke'
  | 'token.introspect'
  | 'grant.revoke'
  | 'userinfo'
  | 'password.change'
  | 'password.rehash'
  | 'password.set'
  | 'password.reset'
  | 'reset.issue'
  | 'user.create'
  | 'user.update'
  | 'user.disable'
  | 'user.enable'
  | 'user.delete'
  | 'group.create'
  | 'group.update'
  | 'group.delete';

/** Who acts, as far as it is known. */
export interface Actor {
  /** An account's id, or what the way in calls its caller (`cli:root`); undefined for somebody who is not signed in. */
  readonly name: string | undefined;
  /** The OAuth client that the person was on the way to. */
  readonly client?: string | undefined;
  /** The host that the request came from. */
  readonly address?: string | undefined;
  /** The request's id, as on error pages and in the log. */
  readonly requestId?: string | undefined;
}

export interface IdentityEvent {
  readonly action: IdentityAction;
  readonly actor: string | undefined;
  /** The id of the account or the name of the group that it is done to; undefined when there is none such. */
  readonly subject: string | undefined;
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly result: 'success' | 'failure';
  /** Why it failed, a word from a fixed list. */
  readonly reason: string | undefined;
  /** Which kind of it: of `token.issue` the grant type. */
  readonly detail?: string | undefined;
  readonly requestId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Where events go. */
export interface IdentityAudit {
  /** Resolves when the event is kept as safely as this sink keeps events. */
  record(event: IdentityEvent): Promise<void>;
}

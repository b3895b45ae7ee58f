/** Somebody as a connector knows them. */
export interface UpstreamIdentity {
  /** Never another person's there. */
  readonly userId: string;
  readonly name: string;
  readonly preferredUsername: string | undefined;
  /** Empty where there is none. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly groups: readonly string[];
}

/** What came of asking a connector about somebody. */
export interface Vouched {
  readonly identity: UpstreamIdentity;
  /** What the connector needs to ask about them again, a secret; undefined where it cannot. */
  readonly data: string | undefined;
}

/** How somebody is to sign in there. */
export interface UpstreamRequest {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
  /** Whether the connector will be asked about them again. */
  readonly offline: boolean;
  /** As the application has asked it of us (OpenID Connect Core §3.1.2.1). */
  readonly prompt: readonly ('login' | 'select_account')[];
  /** Seconds. */
  readonly maxAge: number | undefined;
  readonly loginHint: string | undefined;
  readonly uiLocales: string | undefined;
}

/** What came back, and what was asked. */
export interface UpstreamAnswer extends Pick<UpstreamRequest, 'state' | 'nonce' | 'verifier' | 'maxAge'> {
  /** Parameters of the redirect. */
  readonly parameters: URLSearchParams;
}

/**
 * A place where people sign in elsewhere. Says who somebody is, and asks again; what they may do here, and what is kept of them,
 * is not its business. All throw ConnectorError.
 */
export interface Connector {
  readonly id: string;
  /** What its button says. */
  readonly name: string;
  /** Dex's. */
  readonly type: string;
  /** Who vouches, in words: where another one does under the same id, its people are others. */
  readonly origin: string;
  /** Where it sends people back to. */
  readonly redirectUri: string;
  /** Whether it did not answer when it was last asked, and is not asked again for some seconds. */
  isAway(): boolean;
  /** @returns where to send the browser */
  begin(request: UpstreamRequest): Promise<string>;
  finish(answer: UpstreamAnswer): Promise<Vouched>;
  /** Asks about somebody again. @param data as it was given the last time, to be used once */
  refresh(data: string, known: UpstreamIdentity): Promise<Vouched>;
  close(): Promise<void>;
}

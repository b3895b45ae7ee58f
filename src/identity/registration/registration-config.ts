/** How applications may register themselves (RFC 7591); absent: not at all. */
export interface RegistrationConfig {
  /** Who knows it may register a client; undefined: everybody may. */
  readonly initialAccessToken: string | undefined;
  /** Clients that are registered at the same time. */
  readonly maxClients: number;
  /** Milliseconds; a client that nobody has used for so long is gone. */
  readonly unusedFor: number;
}

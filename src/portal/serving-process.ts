/** The process that answers, of those that may serve one installation: what it alone remembers is gone with it. */
export interface ServingProcess {
  /** The host's name: in Kubernetes the pod's. */
  readonly name: string;
  /** When it started, in milliseconds since the epoch. */
  readonly since: number;
}

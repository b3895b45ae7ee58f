export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Where a connection goes to; without a number, any port of the protocol. */
export interface Port {
  readonly protocol: Protocol;
  readonly number: number | undefined;
}

/** One side of a connection. */
export type End = PodEnd | AddressEnd;

export interface PodEnd {
  readonly kind: 'pod';
  /** The pod's own name, or the name of what makes such pods. */
  readonly name: string;
  /** `pod`, or what makes such pods, for example `deployment`: then the two ends of one name may be two pods. */
  readonly type: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Its addresses; none are known of a pod that does not run. */
  readonly addresses: readonly string[];
  /** Those of its node. */
  readonly hostAddresses: readonly string[];
  /** It has its node's network, and so its node's address. */
  readonly hostNetwork: boolean;
  readonly ports: readonly ContainerPort[];
}

/** A port that a container declares. */
export interface ContainerPort {
  /** '' when it has none. */
  readonly name: string;
  readonly number: number;
  readonly protocol: Protocol;
}

/** An address that is no pod's. */
export interface AddressEnd {
  readonly kind: 'address';
  readonly address: string;
}

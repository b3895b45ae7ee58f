import type { GatewayConfig } from './config.ts';

/** One cluster behind the gateway: who may do what there, and the way to it. */
export interface ClusterConfig {
  /** undefined for the one without a prefix. */
  readonly name: string | undefined;
  /** A name of its own in TLS (SNI). */
  readonly serverName?: string | undefined;
  readonly authenticationConfig: string;
  readonly authorization: GatewayConfig['authorization'];
  readonly tokenReview: GatewayConfig['tokenReview'];
  readonly rbac: GatewayConfig['rbac'];
  readonly target: GatewayConfig['target'];
  readonly filteredLists: boolean;
  readonly constrainedImpersonation: boolean;
  /** In milliseconds; undefined: nobody can ask. */
  readonly accessRequests?: GatewayConfig['accessRequests'];
  readonly webhooks?: GatewayConfig['webhooks'];
  /** Where it stands in the configuration file, for messages: `gateway` or `gateway.clusters[0]`. */
  readonly at: string;
}

/** The cluster without a prefix, and those with one. */
export function clustersOf(gateway: GatewayConfig): [ClusterConfig, ...ClusterConfig[]] {
  const {
    authenticationConfig,
    authorization,
    tokenReview,
    rbac,
    target,
    filteredLists,
    constrainedImpersonation,
    accessRequests,
    webhooks,
  } = gateway;
  const named = gateway.clusters.map((cluster, index) => ({
    ...cluster,
    authenticationConfig: cluster.authenticationConfig ?? authenticationConfig,
    at: `gateway.clusters[${index}]`,
  }));
  return [
    {
      name: undefined,
      authenticationConfig,
      authorization,
      tokenReview,
      rbac,
      target,
      filteredLists,
      constrainedImpersonation,
      accessRequests,
      webhooks,
      at: 'gateway',
    },
    ...named,
  ];
}

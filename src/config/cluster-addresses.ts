import type { Config, GatewayConfig } from './config.ts';

/** In the place of a cluster's name: all of them together, for lists. */
export const ALL_CLUSTERS = '-';

/** Where clients reach one cluster behind the gateway. */
export interface ClusterAddress {
  /** undefined for the one without a prefix, `-` for all together. */
  readonly cluster: string | undefined;
  /** What a kubeconfig calls it. */
  readonly name: string;
  readonly server: string;
}

/**
 * The clusters of a configuration as clients see them, the one without a name first.
 * @param url the gateway's address as clients reach it
 */
export function clusterAddresses(
  { clusters }: Pick<GatewayConfig, 'clusters'>,
  url: string,
): [ClusterAddress, ...ClusterAddress[]] {
  const server = url.replace(/\/$/, '');
  const names = clusters.length === 0 ? [] : [...clusters.map(({ name }) => name), ALL_CLUSTERS];
  return [
    { cluster: undefined, name: 'sallyport', server },
    ...names.map((cluster) => ({
      cluster,
      name: cluster === ALL_CLUSTERS ? 'sallyport-all' : `sallyport-${cluster}`,
      server: `${server}/clusters/${cluster}`,
    })),
  ];
}

/** `gateway.url`, else where the gateway listens: for every interface, by the issuer's host name. */
export function gatewayUrl({ issuer }: Pick<Config, 'issuer'>, { url, https }: GatewayConfig): string {
  if (url !== undefined) return url;
  const { host, port } = https;
  const everywhere = host === '' || host === '0.0.0.0' || host === '::';
  // The wildcard address is no address to connect to; an IPv6 address needs brackets in a URL.
  const name = everywhere ? new URL(issuer).hostname : host.includes(':') ? `[${host}]` : host;
  return `https://${name}:${port}`;
}

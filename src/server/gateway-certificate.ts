import { type Config, type GatewayConfig, gatewayUrl, readNamedFile } from '../config/index.ts';
import { loadServingCertificate, type ServingCertificate } from '../gateway/index.ts';

/**
 * What door 2 serves with: the files that the configuration names, or a certificate of a CA of its own, for all names that
 * clients may know it by.
 * @throws ConfigError a named file cannot be read
 */
export async function gatewayCertificate(
  config: Config,
  gateway: GatewayConfig,
  dataDir: string,
): Promise<ServingCertificate> {
  const { https, tlsCert, tlsKey, tlsNames, clusters } = gateway;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    const certificate = readNamedFile(config.file, 'gateway.tlsCert', tlsCert);
    return {
      certificate,
      privateKey: readNamedFile(config.file, 'gateway.tlsKey', tlsKey),
      certificateAuthority: certificate,
    };
  }
  const listening = https.host === '' || https.host === '0.0.0.0' || https.host === '::' ? [] : [https.host];
  const names = new Set([
    '127.0.0.1',
    '::1',
    'localhost',
    ...listening,
    new URL(gatewayUrl(config, gateway)).hostname.replace(/^\[|\]$/g, ''),
    ...tlsNames,
    ...clusters.flatMap(({ serverName }) => serverName ?? []),
  ]);
  return loadServingCertificate(dataDir, [...names], new Date());
}

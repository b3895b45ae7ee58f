import type { SecureContextOptions, Server, TlsOptions } from 'node:tls';
import { type Config, ConfigError, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  type AuthenticateCertificate,
  type ClientAuthorities,
  clientCertificateOptions,
  createCertificateAuthenticator,
  keepClientAuthorities,
  readClientAuthorities,
} from '../gateway/index.ts';
import type { Log } from '../telemetry/index.ts';

/** Client certificates of the gateway's server: what it asks for, whom it takes, and how that changes. */
export interface OpenedClientCertificates {
  /** undefined: they are not looked at. */
  readonly authenticate: AuthenticateCertificate | undefined;
  /** For the server to be made. */
  readonly options: TlsOptions;
  /** Follows the authorities' file from now on. The serving certificate is changed through what it gives back. */
  keep(server: Server, serving: SecureContextOptions): Pick<Server, 'setSecureContext'> & { close(): void };
}

/** @throws ConfigError when the file of `gateway.clientCA` can't be used */
export function openClientCertificates(
  config: Config,
  { clientCA }: GatewayConfig,
  log: Log,
): OpenedClientCertificates {
  if (clientCA === undefined) {
    return {
      authenticate: undefined,
      options: {},
      keep: (server) => ({
        setSecureContext: (serving) => server.setSecureContext(serving),
        close: () => undefined,
      }),
    };
  }
  const load = () => loadAuthorities(config, clientCA);
  const authorities = load();
  return {
    authenticate: createCertificateAuthenticator(Date.now),
    options: clientCertificateOptions(authorities),
    keep: (server, { cert, key }) =>
      keepClientAuthorities(authorities, { server, serving: { cert, key }, load, log }),
  };
}

function loadAuthorities(config: Config, file: string): ClientAuthorities {
  const path = 'gateway.clientCA';
  const pem = readNamedFile(config.file, path, file);
  try {
    return readClientAuthorities(pem);
  } catch (error) {
    throw new ConfigError([{ file: config.file, path, message: `${file}: ${(error as Error).message}` }]);
  }
}

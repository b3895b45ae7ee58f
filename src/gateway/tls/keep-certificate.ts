import type { Server } from 'node:tls';
import { NO_RENEGOTIATION } from '../../http/index.ts';
import type { ServingCertificate } from './serving-certificate.ts';

const EVERY_MS = 3_600_000;

export interface KeepCertificateDeps {
  readonly server: Pick<Server, 'setSecureContext'>;
  /** Reads, or signs anew, what is to be served now. */
  load(): Promise<ServingCertificate>;
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Milliseconds between two looks. Default: an hour. */
  readonly everyMs?: number;
}

export interface KeptCertificate {
  /** PEM of what clients have to trust for the certificate that is served now. */
  certificateAuthority(): string;
  close(): void;
}

/**
 * Serves a new certificate without a restart: one that was put into its file, or one that the gateway signs for itself
 * before the old one ends. Connections that are open keep theirs. When it can't be read, the old one stays.
 */
export function keepCertificate(current: ServingCertificate, deps: KeepCertificateDeps): KeptCertificate {
  let served = current;
  const look = async () => {
    const loaded = await deps.load();
    if (loaded.certificate === served.certificate) return;
    deps.server.setSecureContext({
      cert: loaded.certificate,
      key: loaded.privateKey,
      secureOptions: NO_RENEGOTIATION,
    });
    served = loaded;
    deps.log.info({}, 'serving a new certificate');
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => deps.log.error({ err: error }, 'the certificate could not be renewed'));
  }, deps.everyMs ?? EVERY_MS);
  timer.unref();
  return { certificateAuthority: () => served.certificateAuthority, close: () => clearInterval(timer) };
}

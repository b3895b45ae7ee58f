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

/**
 * Serves a new certificate without a restart: one that was put into its file, or one that the gateway signs for itself
 * before the old one ends. Connections that are open keep theirs. When it can't be read, the old one stays.
 */
export function keepCertificate(current: ServingCertificate, deps: KeepCertificateDeps): { close(): void } {
  let served = current.certificate;
  const look = async () => {
    const { certificate, privateKey } = await deps.load();
    if (certificate === served) return;
    deps.server.setSecureContext({
      cert: certificate,
      key: privateKey,
      secureOptions: NO_RENEGOTIATION,
    });
    served = certificate;
    deps.log.info({}, 'serving a new certificate');
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => deps.log.error({ err: error }, 'the certificate could not be renewed'));
  }, deps.everyMs ?? EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

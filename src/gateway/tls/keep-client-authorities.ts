import type { Socket } from 'node:net';
import type { SecureContextOptions, Server, TLSSocket } from 'node:tls';
import { type ClientAuthorities, clientCertificateContext } from './client-authorities.ts';

/** Milliseconds between two looks at the file. */
const EVERY_MS = 2_000;

export interface KeepClientAuthoritiesDeps {
  readonly server: Pick<Server, 'setSecureContext' | 'on'>;
  /** The serving certificate and its key. */
  readonly serving: SecureContextOptions;
  /** @throws when the file can't be used */
  load(): ClientAuthorities;
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  readonly everyMs?: number;
}

/** Stands for the server's TLS context, which has two parts that change: the serving certificate and the authorities. */
export interface KeptClientAuthorities {
  /** Serves another certificate; the authorities stay. */
  setSecureContext(serving: SecureContextOptions): void;
  /** Looks at the file now. */
  look(): void;
  close(): void;
}

/**
 * Puts changed authorities in force without a restart. When one has been taken away, the connections that came by
 * certificate are ended, with everything that runs on them: kube-apiserver verifies at each request, here a connection is
 * verified once. A file that can't be used is said once, and the last good authorities stay.
 */
export function keepClientAuthorities(
  current: ClientAuthorities,
  { server, load, log, everyMs = EVERY_MS, ...deps }: KeepClientAuthoritiesDeps,
): KeptClientAuthorities {
  let held = current;
  let serving = deps.serving;
  let said = '';
  /** How often an authority has been taken away, and how often when the handshake of a connection began. */
  let removals = 0;
  const begun = new Map<string, number>();
  const certified = new Set<TLSSocket>();

  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    begun.set(key, removals);
    socket.once('close', () => begun.delete(key));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    if (!socket.authorized) return;
    // The handshake has outlasted the authorities that it was verified against.
    if (begun.get(keyOf(socket)) !== removals) {
      socket.destroy();
      return;
    }
    certified.add(socket);
    socket.once('close', () => certified.delete(socket));
  });

  const look = (): void => {
    let next: ClientAuthorities;
    try {
      next = load();
    } catch (error) {
      const { message } = error as Error;
      if (message !== said)
        log.error({ err: error }, 'client authorities not taken; the last good ones stay');
      said = message;
      return;
    }
    said = '';
    if (next.ca === held.ca) return;
    const removed = [...held.fingerprints].some((fingerprint) => !next.fingerprints.has(fingerprint));
    held = next;
    server.setSecureContext({ ...serving, ...clientCertificateContext(held) });
    log.info({ authorities: held.fingerprints.size }, 'client authorities reloaded');
    if (!removed) return;
    removals += 1;
    for (const socket of certified) socket.destroy();
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    setSecureContext(next) {
      serving = next;
      server.setSecureContext({ ...serving, ...clientCertificateContext(held) });
    },
    look,
    close: () => clearInterval(timer),
  };
}

/** A TCP connection and the TLS connection on it are two objects, but have one address. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

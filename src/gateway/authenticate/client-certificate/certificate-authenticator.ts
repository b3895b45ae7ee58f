import type { TLSSocket } from 'node:tls';
import type { TokenOutcome } from '../token-outcome.ts';
import { certificateToUser } from './certificate-to-user.ts';
import { peerSocketOf, type RequestOfConnection } from './peer-socket.ts';

/** Tells who the certificate of a request's connection is from; `notMine`: there is none, or it names nobody. */
export type AuthenticateCertificate = (request: RequestOfConnection) => TokenOutcome;

const none: TokenOutcome = { outcome: 'notMine' };
const expired: TokenOutcome = { outcome: 'refused', reason: 'x509: the certificate has expired' };

/**
 * Authenticates by the certificate that the client showed in the handshake. OpenSSL has verified its chain against the
 * authorities of the server's TLS context, its time and its extended key usage; here its verdict is read, once for a
 * connection, and the time is looked at again at each request. The server must ask for certificates without requiring
 * them, resume no sessions, and allow no renegotiation (see clientCertificateOptions): else the verdict and the
 * certificate could be of different handshakes.
 * @param now milliseconds since 1970
 */
export function createCertificateAuthenticator(now: () => number): AuthenticateCertificate {
  const verdicts = new WeakMap<TLSSocket, TokenOutcome>();
  return (request) => {
    const socket = peerSocketOf(request);
    if (socket === undefined) return none;
    let verdict = verdicts.get(socket);
    if (verdict === undefined) {
      verdict = verdictOn(socket);
      verdicts.set(socket, verdict);
    }
    return verdict.outcome === 'authenticated' && now() >= verdict.expiresAt ? expired : verdict;
  };
}

function verdictOn(socket: TLSSocket): TokenOutcome {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return none;
  const refused = (reason: string): TokenOutcome => ({
    outcome: 'refused',
    reason: `x509: verifying certificate SN=${certificate.serialNumber} failed: ${reason}`,
  });
  // Its verdict is that of an earlier handshake, which may have been about other authorities.
  if (socket.isSessionReused()) return refused('the TLS session is a resumed one');
  if (!socket.authorized) return refused(String(socket.authorizationError));
  const user = certificateToUser(certificate);
  if (user === undefined) return none;
  if (typeof user === 'string') return refused(user);
  return { outcome: 'authenticated', user, expiresAt: certificate.validToDate.getTime() };
}

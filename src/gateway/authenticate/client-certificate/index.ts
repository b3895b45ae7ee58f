/**
 * Who a client certificate is from. Owns the way from a request to its connection's certificate and from a subject to a
 * user. Does not own which authorities count: that is the server's TLS context (gateway/tls).
 */
export { type AuthenticateCertificate, createCertificateAuthenticator } from './certificate-authenticator.ts';
export { connectionOf, type RequestOfConnection } from './peer-socket.ts';

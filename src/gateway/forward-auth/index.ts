/**
 * Forward authentication for nginx's auth_request, Traefik's ForwardAuth and Envoy's ext_authz over HTTP. Owns how each
 * says what it asks about, and the answers that each understands. What is allowed is decided in ../access.
 */
export { createForwardAuth, type ForwardAuthOptions, type ForwardAuthService } from './forward-auth.ts';
export type { AskingProxy } from './original-request.ts';

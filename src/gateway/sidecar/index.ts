/**
 * The gateway in front of any HTTP service. Owns what the service gets of a request, above all which headers, and carries
 * WebSockets. What is allowed is decided in ../access.
 */
export { createService, type Service, type ServiceDeps, type ServiceOptions } from './service.ts';

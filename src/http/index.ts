/**
 * What both doors share at their edge: who is asking, headers, cookies, form protection, listening, reading bodies.
 * Owns no route and no page.
 */
export { type AddressBudget, createAddressBudget, HOSTS_PER_SITE } from './address-budget.ts';
export { addressNetwork, addressSite } from './address-network.ts';
export { createAddressSet } from './address-set.ts';
export { type ClientAddressRequest, createClientAddress } from './client-address.ts';
export { closeAfterAnswer } from './close-after-answer.ts';
export { closeSessionAfterAnswer } from './close-session-after-answer.ts';
export { type CookiePolicy, createCookiePolicy, readCookie } from './cookies.ts';
export { type CorsOptions, createCors } from './cors.ts';
export { type Csrf, createCsrf, isCrossSite } from './csrf.ts';
export { drain, followConnections } from './drain.ts';
export {
  type EventLoopDelay,
  type EventLoopDelayOptions,
  measureEventLoopDelay,
} from './event-loop-delay.ts';
export { HEADERS_TOO_LONG, headersTooLongText } from './headers-too-long.ts';
export { createHostGuard } from './host-guard.ts';
export { type LazyAgent, lazyAgent } from './lazy-agent.ts';
export { linger } from './linger.ts';
export { ListenError, type ListenTarget, listen } from './listen.ts';
export { parseYamlBody, YamlBodyError } from './parse-yaml-body.ts';
export { type BodyOwner, MAX_BODY_BYTES, readBody } from './read-body.ts';
export {
  createSecureHttpServer,
  isHttp2,
  NO_RENEGOTIATION,
  type SecureServerOptions,
} from './secure-server.ts';
export {
  allowOwnScripts,
  createSecurityHeaders,
  type ExtraHeaders,
  type Middleware,
  type SecurityHeaders,
  type SecurityHeadersOptions,
} from './security-headers.ts';
export { seeOther, sendHtml } from './send-html.ts';
export { yamlText } from './yaml-text.ts';

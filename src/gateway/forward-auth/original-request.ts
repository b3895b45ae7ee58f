import type { IncomingMessage } from 'node:http';
import { badRequest } from '../../kube/index.ts';
import { type Asked, headerLines } from '../access/index.ts';

/**
 * The proxy that asks, and with it the one place where it says what the client's request was. No other place is looked at:
 * it could only come from the client (CVE-2026-40575).
 */
export type AskingProxy = 'nginx' | 'traefik' | 'envoy';

const METHOD = /^[A-Z]{1,20}$/;

/**
 * Reads the request that a proxy asks about.
 * @param base the path of the endpoint, before which Envoy's path_prefix stands
 * @throws StatusError 400 when it is missing, repeated, or no plain request
 */
export function originalRequest(proxy: AskingProxy, base: string, request: IncomingMessage): Asked {
  const { rawHeaders } = request;
  const { method, target } = READERS[proxy](request, base);
  if (!METHOD.test(method)) throw badRequest('the original method is not a plain method');
  return { method, target, rawHeaders };
}

type Reader = (request: IncomingMessage, base: string) => { method: string; target: string };

const READERS: Readonly<Record<AskingProxy, Reader>> = {
  // ngx_http_auth_request_module: whatever the configuration sets with proxy_set_header.
  nginx: ({ rawHeaders }) => ({
    method: single(rawHeaders, 'X-Original-Method'),
    target: single(rawHeaders, 'X-Original-URI'),
  }),
  // Traefik's ForwardAuth sets these itself, and overwrites the client's unless trustForwardHeader is on.
  traefik: ({ rawHeaders }) => ({
    method: single(rawHeaders, 'X-Forwarded-Method'),
    target: single(rawHeaders, 'X-Forwarded-Uri'),
  }),
  // Envoy's HTTP ext_authz asks with the request's own method and path, after path_prefix.
  envoy: ({ method = '', url = '' }, base) => ({ method, target: url.slice(base.length) }),
};

function single(rawHeaders: readonly string[], name: string): string {
  const [value, ...more] = headerLines(rawHeaders, name.toLowerCase());
  if (value === undefined || value === '') throw badRequest(`the proxy sent no ${name}`);
  if (more.length > 0) throw badRequest(`ambiguous request: more than one ${name}`);
  return value;
}

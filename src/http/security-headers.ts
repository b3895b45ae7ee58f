import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

export interface SecurityHeadersOptions {
  /** Whether people reach the site over TLS. HSTS and request upgrades on plain http would lock people out. */
  readonly https: boolean;
  /** Further origins that images may come from, for a configured logo. */
  readonly imageSources?: readonly string[];
}

/** Headers that every answer carries, error answers too: no script, no framing, no foreign content, no referrer. */
export function createSecurityHeaders({ https, imageSources = [] }: SecurityHeadersOptions): Middleware {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', ...imageSources],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: false },
  });
  return (req, res, next) => {
    res.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    headers(req, res, next);
  };
}

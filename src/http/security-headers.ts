import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

export type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** Headers by Dex's names for them. */
export interface ExtraHeaders {
  /** A second policy: a browser enforces both (CSP3 §8.1). */
  readonly 'Content-Security-Policy'?: string | undefined;
  readonly 'X-XSS-Protection'?: string | undefined;
  /** Instead of the year that is sent otherwise, where the site is reached over TLS. */
  readonly 'Strict-Transport-Security'?: string | undefined;
}

export interface SecurityHeadersOptions {
  /** Whether people reach the site over TLS. HSTS and request upgrades on plain http would lock people out. */
  readonly https: boolean;
  /** Further origins that images may come from, for a configured logo. */
  readonly imageSources?: readonly string[];
  /** What the operator adds. */
  readonly extra?: ExtraHeaders | undefined;
}

/** Of those headers the ones that say something of an answer which no window shows. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set([
  'Content-Security-Policy',
  'Referrer-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'X-Frame-Options',
]);

export interface SecurityHeaders {
  /** What every answer carries, error answers too. */
  readonly pages: Middleware;
  /** What is enough where only programs ask, and often: each header costs a thousandth of such an answer. */
  readonly programs: Middleware;
}

/** No script (but see `allowOwnScripts`), no framing, no foreign content, no referrer. */
export function createSecurityHeaders({
  https,
  imageSources = [],
  extra = {},
}: SecurityHeadersOptions): SecurityHeaders {
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
  const fixed = collect(headers);
  fixed.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  const {
    'Content-Security-Policy': policy,
    'X-XSS-Protection': filter,
    'Strict-Transport-Security': transport,
  } = extra;
  if (policy !== undefined)
    fixed.set('Content-Security-Policy', [fixed.get('Content-Security-Policy') ?? [], policy].flat());
  if (filter !== undefined) fixed.set('X-XSS-Protection', filter);
  if (transport !== undefined && https) fixed.set('Strict-Transport-Security', transport);
  const sending =
    (headers: readonly (readonly [string, string | readonly string[]])[]): Middleware =>
    (_req, res, next) => {
      for (const [name, value] of headers) res.setHeader(name, value);
      next();
    };
  return {
    pages: sending([...fixed]),
    programs: sending([...fixed].filter(([name]) => FOR_PROGRAMS.has(name))),
  };
}

/** What helmet sets, which is the same for every request: asked once. */
function collect(headers: ReturnType<typeof helmet>): Map<string, string | readonly string[]> {
  const set = new Map<string, string | readonly string[]>();
  const response = {
    setHeader: (name: string, value: string) => void set.set(name, value),
    removeHeader: (name: string) => void set.delete(name),
  };
  headers({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error;
  });
  return set;
}

/** Lets the page that is answered with run the site's own script files, and nothing else. */
export function allowOwnScripts(res: ServerResponse): void {
  const [own = '', ...extra] = [res.getHeader('content-security-policy') ?? []].flat().map(String);
  if (!own.includes('script-src'))
    res.setHeader('Content-Security-Policy', [`${own};script-src 'self'`, ...extra]);
}

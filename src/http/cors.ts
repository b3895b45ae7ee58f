import type { IncomingMessage, ServerResponse } from 'node:http';

export interface CorsOptions {
  /** Origins whose scripts may read answers; `*` means every one. */
  readonly origins: readonly string[];
  /** Request headers that these scripts may send beside the ones that need no leave. */
  readonly headers: readonly string[];
}

/** Seconds for which a browser may remember that it asked. */
const ASK_AGAIN_AFTER = 600;

/** Needs no leave (Fetch §2.2.2), but for a type of body that no form has. */
const ALWAYS_ALLOWED = ['accept', 'accept-language', 'content-language', 'content-type'];

/**
 * Lets scripts of other sites read an endpoint's answers (Fetch §3.2). Never with cookies: no answer says so.
 * @returns a step that is true when it has answered, which it does to a preflight request of an allowed origin
 */
export function createCors({ origins, headers }: CorsOptions) {
  const allowed = new Set(origins);
  const allowedHeaders = new Set([...ALWAYS_ALLOWED, ...headers.map((name) => name.toLowerCase())]);
  return (req: IncomingMessage, res: ServerResponse, methods: readonly string[]): boolean => {
    if (allowed.size === 0) return false;
    const everybody = allowed.has('*');
    // A cache must not give one site the answer that names another.
    if (!everybody) res.appendHeader('Vary', 'Origin');
    const { origin } = req.headers;
    if (origin === undefined || !(everybody || allowed.has(origin))) return false;
    res.setHeader('Access-Control-Allow-Origin', everybody ? '*' : origin);
    const asked = req.headers['access-control-request-method'];
    if (req.method !== 'OPTIONS' || asked === undefined) return false;
    const wanted = (req.headers['access-control-request-headers'] ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '');
    if (methods.includes(asked) && wanted.every((name) => allowedHeaders.has(name))) {
      res.setHeader('Access-Control-Allow-Methods', methods.join(', '));
      res.setHeader('Access-Control-Allow-Headers', headers.join(', '));
      res.setHeader('Access-Control-Max-Age', String(ASK_AGAIN_AFTER));
    } else res.removeHeader('Access-Control-Allow-Origin');
    res.writeHead(204).end();
    return true;
  };
}

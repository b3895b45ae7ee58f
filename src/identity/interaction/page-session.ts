import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type { CookiePolicy } from '../../http/index.ts';
import type { Expiring } from '../../store/index.ts';
import type { Lifetimes } from '../provider/lifetimes.ts';

declare module 'express-session' {
  interface SessionData {
    /** A form has been shown to this browser; its token is bound to the session. */
    form: true;
    /** Where a sign-out leads, once. */
    leaveTo: string;
  }
}

export interface PageSessionDeps {
  readonly records: Expiring<session.SessionData>;
  readonly cookies: CookiePolicy;
  /** Secrets for signing the cookie; the first one signs, all verify. */
  secrets(): readonly string[];
  readonly lifetimes: Pick<Lifetimes, 'authRequests'>;
  now(): number;
}

const hashOf = (sid: string) => hash('sha256', sid, 'base64url');

type Done<T> = (error?: unknown, value?: T) => void;

function settle<T>(promise: Promise<T>, done?: Done<T>): void {
  promise.then(
    (value) => done?.(null, value),
    (error: unknown) => done?.(error),
  );
}

/**
 * express-session's storage (which has to extend its class): sessions under the hash of their id, so that the store
 * is no bag of valid cookies.
 */
class RecordStore extends session.Store {
  readonly #deps: PageSessionDeps;

  constructor(deps: PageSessionDeps) {
    super();
    this.#deps = deps;
  }

  override get(sid: string, done: Done<session.SessionData | null>): void {
    const found = this.#deps.records.get(hashOf(sid));
    settle(
      found.then((record) => record?.value ?? null),
      done,
    );
  }

  override set(sid: string, data: session.SessionData, done?: Done<unknown>): void {
    const { records, now, lifetimes } = this.#deps;
    settle(records.put(hashOf(sid), data, now() + lifetimes.authRequests), done);
  }

  /** Each page shown gives the form on it a whole lifetime. */
  override touch(sid: string, data: session.SessionData, done?: () => void): void {
    this.set(sid, data, () => done?.());
  }

  override destroy(sid: string, done?: Done<unknown>): void {
    settle(this.#deps.records.delete(hashOf(sid)), done);
  }
}

/**
 * The browser session that forms are bound to. Kept only for browsers that have been shown one. express-session takes its
 * secrets once: with other secrets it is another middleware, on the same records.
 */
export function createPageSession(deps: PageSessionDeps): RequestHandler {
  let current: { readonly secrets: readonly string[]; readonly handler: RequestHandler } | undefined;
  return (req, res, next) => {
    const secrets = deps.secrets();
    if (current === undefined || !isDeepStrictEqual(secrets, current.secrets)) {
      current = { secrets, handler: createSession(deps, secrets) };
    }
    current.handler(req, res, next);
  };
}

function createSession(deps: PageSessionDeps, secrets: readonly string[]): RequestHandler {
  return session({
    name: deps.cookies.hostName('sallyport_page'),
    secret: [...secrets],
    store: new RecordStore(deps),
    cookie: { ...deps.cookies.options, path: '/' },
    resave: false,
    saveUninitialized: false,
    // The request's X-Forwarded-Proto is pinned to the issuer's scheme before this runs.
    proxy: true,
  });
}

/**
 * Keeps an address in the browser's session for the page that leads there.
 * @param req a request that has passed the page session
 */
export function rememberLeave(
  req: IncomingMessage & { session?: Partial<session.SessionData> },
  url: string,
): void {
  if (req.session === undefined) throw new Error('the request has no page session');
  req.session.leaveTo = url;
}

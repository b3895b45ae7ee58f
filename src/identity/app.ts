import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type RequestHandler, Router } from 'express';
import type Provider from 'oidc-provider';
import { continuePage, toText } from '../../views/index.ts';
import {
  type ClientAddressRequest,
  createHostGuard,
  type SecurityHeaders,
  seeOther,
  sendHtml,
} from '../http/index.ts';
import { endpointOf } from './endpoints.ts';
import { createErrorHandler } from './error-handler.ts';
import type { OpenFactors } from './factors/open-factors.ts';
import type { Log } from './identity-deps.ts';
import { boundArrivals } from './interaction/arrivals.ts';
import { failures, sendFailure } from './interaction/failures.ts';
import type { Forms } from './interaction/forms.ts';
import { createSignedIn } from './interaction/own-pages.ts';
import type { PageContext } from './interaction/page-context.ts';
import { addPasswordManagers } from './interaction/password-managers.ts';
import { createPostedAuthorization } from './interaction/posted-authorization.ts';
import { queryProblem } from './interaction/query-bounds.ts';
import { registrationPath } from './registration/registration-path.ts';
import { createShortcut } from './shortcut.ts';
import { hasTwoAuthorizations } from './two-authorizations.ts';

export interface AppDeps {
  readonly provider: Provider;
  readonly context: PageContext;
  readonly forms: Forms;
  readonly factors: Pick<OpenFactors, 'usable'>;
  readonly pageSession: RequestHandler;
  readonly securityHeaders: SecurityHeaders;
  readonly home: RequestHandler;
  readonly device: Router;
  /** Takes the form that changes the pages' language. */
  readonly language: Router;
  readonly interactions: Router;
  /** Where connectors send people back to. */
  readonly callback: RequestHandler;
  /** Takes Dex's address of an authorization request that names its connector. */
  readonly connectorAuthorization: RequestHandler;
  /** Stands before the address at which an authorization request goes on. */
  readonly resumed: RequestHandler;
  /** Pages that are not the provider's. */
  readonly ownPages: Router;
  /** Where clients register. */
  readonly registration: RequestHandler;
  readonly account: RequestHandler;
  readonly ownSessions: RequestHandler;
  readonly reset: RequestHandler;
  readonly assets: Router;
  readonly log: Log;
  clientAddress(req: ClientAddressRequest): string;
  /** @returns whether it has answered */
  cors(req: IncomingMessage, res: ServerResponse, methods: readonly string[]): boolean;
  now(): number;
  pinOrigin(req: IncomingMessage): void;
  ready(): boolean;
  isOverloaded(): boolean;
}

const wellKnown = '/.well-known/oauth-authorization-server';

/** What the provider reads at most; it would call a longer body unreadable. */
const longestBody = 56 * 1024;

function tooLong({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > longestBody;
}

/** Before anything is refused, or scripts of other sites could not read why. */
function createOrigins({ cors }: AppDeps): RequestHandler {
  return (req, res, next) => {
    const endpoint = endpointOf(req.path);
    if (!endpoint?.cors || !cors(req, res, endpoint.methods)) next();
  };
}

/** Turns everybody away while the process has more to do than it can. */
function createRelief({ context, isOverloaded }: AppDeps): RequestHandler {
  return (req, res, next) => {
    if (!isOverloaded()) return next();
    res.setHeader('Retry-After', '1');
    sendFailure(context, req, res, failures.busy);
  };
}

function createEndpoints({ provider, context }: AppDeps): RequestHandler {
  const callback = provider.callback();
  return (req, res, next) => {
    const endpoint = endpointOf(req.path);
    if (endpoint === undefined) return next();
    if (!endpoint.methods.includes(req.method)) {
      res.setHeader('Allow', endpoint.methods.join(', '));
      return sendFailure(context, req, res, failures.methodNotAllowed);
    }
    const problem = tooLong(req) ? failures.tooLong : queryProblem(req.url);
    if (problem !== undefined) return sendFailure(context, req, res, problem);
    if (endpoint.cache !== undefined) res.setHeader('Cache-Control', endpoint.cache);
    // The provider has rules of its own about origins; they have been judged here.
    delete req.headers.origin;
    return callback(req, res);
  };
}

/** The end of a sign-out that leads to another site: shown once. */
function createLeave({ context }: AppDeps): RequestHandler {
  return (req, res) => {
    const { leaveTo } = req.session;
    delete req.session.leaveTo;
    if (leaveTo === undefined) return seeOther(res, `${context.base}/logout/success`);
    const app = new URL(leaveTo).host;
    sendHtml(res, 200, toText(continuePage(context.page(req), { app, url: leaveTo })));
  };
}

/** Bounds what people who have not signed in can make the store keep: interactions, and sessions of browsers. */
function createBounds(
  deps: AppDeps,
): Record<'auth' | 'device' | 'pushed' | 'logout' | 'form' | 'upstream', RequestHandler> {
  const newForm = boundArrivals(deps, (req) => req.session.form === true);
  return {
    auth: boundArrivals(deps, (_req, res) => String(res.getHeader('location')).includes('/interaction/')),
    device: boundArrivals(deps, (_req, res) => res.statusCode === 200),
    pushed: boundArrivals(deps, (_req, res) => res.statusCode === 201),
    logout: boundArrivals(deps, () => true),
    upstream: boundArrivals(deps, (_req, res) => res.statusCode === 303),
    form: (req, res, next) => (req.session.form === true ? next() : newForm(req, res, next)),
  };
}

/** What lies below the issuer's path. */
function createRoutes(deps: AppDeps, before: readonly RequestHandler[], endpoint: RequestHandler): Router {
  const { context, pageSession } = deps;
  const bounds = createBounds(deps);
  const door = Router({ caseSensitive: true, strict: false });
  door.use(...before);
  door.get('/', deps.home);
  door.get('/signed-in', createSignedIn(context));
  door.use('/static', deps.assets);
  door.get(/^\/interaction\/[\w-]+\/connector\//, bounds.upstream);
  door.use('/interaction', pageSession, bounds.form, deps.interactions);
  door.use('/account', pageSession, bounds.form, deps.account);
  door.use('/reset', pageSession, bounds.form, deps.reset);
  door.use('/language', deps.language);
  door.use('/sessions', deps.ownSessions);
  door.use(registrationPath, deps.registration);
  door.get('/logout/continue', pageSession, createLeave(deps));
  door.use('/logout', pageSession, deps.forms.sameSite);
  door.post('/device/code', bounds.device);
  door.post('/par', bounds.pushed);
  door.use(
    /^\/device(?=\/?$|\/confirm$|\/done$|\/auth\/verify_code$)/,
    pageSession,
    bounds.form,
    deps.device,
  );
  door.get('/logout', bounds.logout);
  door.get(/^\/callback(?:\/[\w.-]+)?$/, pageSession, deps.callback);
  door.get('/auth', bounds.auth);
  door.get(/^\/auth\/[\w.-]+$/, deps.connectorAuthorization);
  door.get(/^\/auth\/[\w-]+$/, deps.resumed);
  door.post('/auth', createPostedAuthorization(context));
  door.use(endpoint);
  door.use(deps.ownPages);
  return door;
}

/** Probes name the pod's address, not the issuer. */
function createProbes({ ready }: AppDeps): RequestHandler {
  return (req, res) => {
    const ok = req.path === '/healthz' || ready();
    res
      .status(ok ? 200 : 503)
      .type('text/plain')
      .send(ok ? 'ok' : 'not ready');
  };
}

/** Everything that door 1 answers, for HTTP/1.1. */
export function createApp(deps: AppDeps): (req: IncomingMessage, res: ServerResponse) => void {
  const { context } = deps;
  const isForUs = createHostGuard(context.issuer);
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');

  // Before the look at Host.
  app.get(['/healthz', '/readyz'], createProbes(deps));
  const guard: RequestHandler = (req, res, next) => {
    if (!isForUs(req)) return sendFailure(context, req, res, failures.misdirected);
    if (hasTwoAuthorizations(req)) return sendFailure(context, req, res, failures.twoAuthorizations);
    deps.pinOrigin(req);
    next();
  };
  app.use(deps.securityHeaders.pages, guard);

  const endpoint = createEndpoints(deps);
  const before = [createOrigins(deps), createRelief(deps)];
  const routes = createRoutes(deps, before, endpoint);
  addPasswordManagers(app, { context, passkeys: deps.factors.usable.includes('WebAuthn') });
  // RFC 8414 §3.1: for an issuer with a path, the well-known part comes first.
  if (context.base !== '')
    app.all(`${wellKnown}${context.base}`, (req, _res, next) => {
      req.url = `${context.base}${wellKnown}`;
      next('route');
    });
  app.use(context.base === '' ? '/' : context.base, routes);
  app.use((req, res) => sendFailure(context, req, res, failures.notFound));
  const onError = createErrorHandler(deps);
  app.use(onError);
  return createShortcut(app, {
    method: 'POST',
    base: context.base,
    path: '/token',
    handlers: [deps.securityHeaders.programs, guard, ...before, endpoint],
    onError,
  });
}

import { hash, timingSafeEqual } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import type { AddressLimit } from '../accounts/sign-in/address-limit.ts';
import { type Actor, audited, type IdentityAudit } from '../audit/index.ts';
import { requestId } from '../interaction/request-id.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { Registrar } from './registrar.ts';
import { type Issued, informationOf } from './registration-answer.ts';
import type { RegistrationConfig } from './registration-config.ts';
import { RegistrationError, type RegistrationFault } from './registration-error.ts';

export interface RegistrationEndpointDeps {
  readonly issuer: string;
  /** As it is configured now. */
  config(): Pick<RegistrationConfig, 'initialAccessToken'>;
  readonly registrar: Registrar;
  readonly audit: IdentityAudit;
  /** What a host may try, also at guessing the initial access token: of all replicas together. */
  readonly limit: Pick<AddressLimit, 'take'>;
  remove(id: string, by: Actor): Promise<boolean>;
  clientAddress(req: Request): string;
  /** Milliseconds since the epoch. */
  now(): number;
}

const longestBody = '16kb';

const statusOf: Readonly<Record<RegistrationFault, number>> = {
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_request: 400,
  invalid_token: 401,
  temporarily_unavailable: 503,
};

/** The token of an Authorization header (RFC 6750 §2.1); empty when there is none. */
function bearer({ headers: { authorization = '' } }: Request): string {
  return /^Bearer ([\w\-.~+/]+=*)$/i.exec(authorization)?.[1] ?? '';
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(one), digest(other));
}

function refuse(res: Response, { fault, message }: RegistrationError): void {
  if (fault === 'invalid_token') res.set('WWW-Authenticate', 'Bearer error="invalid_token"');
  if (fault === 'temporarily_unavailable') res.set('Retry-After', '3600');
  res.status(statusOf[fault]).json({ error: fault, error_description: message });
}

/** What is wrong with a body is wrong with the request; everything else is for the pages to say. */
const answerErrors: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (error instanceof RegistrationError) return refuse(res, error);
  const status = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  if (status !== 400 && status !== 413 && status !== 415) return next(error);
  const description = status === 413 ? `more than ${longestBody}` : 'the body must be a JSON object';
  res.status(status).json({ error: 'invalid_request', error_description: description });
};

/**
 * Dynamic client registration (RFC 7591) and its management (RFC 7592). Without the initial access token, where there is one,
 * nothing is looked at. A client is read, changed and removed with the token that it was registered with, and nothing else.
 */
export function createRegistrationEndpoint(deps: RegistrationEndpointDeps): Router {
  const { issuer, registrar, clientAddress } = deps;
  const router = Router({ caseSensitive: true });
  const json = express.json({ limit: longestBody, type: 'application/json' });

  const bound: RequestHandler = async (req, res, next) => {
    res.set('Cache-Control', 'no-store');
    const wait = await deps.limit.take(clientAddress(req));
    if (wait === 0) return next();
    res.set('Retry-After', String(Math.ceil(wait / 1000)));
    res.status(429).json({ error: 'temporarily_unavailable', error_description: 'too many requests' });
  };

  const guarded: RequestHandler = (req, _res, next) => {
    const { initialAccessToken } = deps.config();
    if (initialAccessToken !== undefined && !isSame(bearer(req), initialAccessToken))
      throw new RegistrationError('invalid_token', 'the initial access token is not right');
    next();
  };

  const actor = (req: Request, id: string | undefined): Actor => ({
    name: undefined,
    client: id,
    address: clientAddress(req),
    requestId: requestId(req),
  });

  /** The client that a request is about. @throws RegistrationError: the same for an unknown one and a wrong token */
  async function clientOf(req: Request): Promise<RegisteredClient> {
    const client = await registrar.open(String(req.params['id']), bearer(req));
    if (client === undefined)
      throw new RegistrationError('invalid_token', 'the registration access token is not right');
    return client;
  }

  function answer(res: Response, status: number, client: RegisteredClient, issued: Issued): void {
    res.status(status).json(informationOf(issuer, client, issued));
  }

  router.post('/', bound, guarded, json, async (req, res) => {
    const by = actor(req, undefined);
    const { client, issued } = await audited(
      deps,
      { action: 'client.register', by },
      () => registrar.register(req.body),
      (registered) => registered.client.id,
    );
    answer(res, 201, client, issued);
  });

  router.get('/:id', bound, async (req, res) => {
    answer(res, 200, await clientOf(req), { token: bearer(req) });
  });

  router.put('/:id', bound, json, async (req, res) => {
    const before = await clientOf(req);
    const { id } = before;
    const { client, issued } = await audited(
      deps,
      { action: 'client.update', by: actor(req, id), subject: id },
      () => registrar.change(before, req.body),
    );
    answer(res, 200, client, { token: bearer(req), ...issued });
  });

  router.delete('/:id', bound, async (req, res) => {
    const { id } = await clientOf(req);
    await deps.remove(id, actor(req, id));
    res.status(204).end();
  });

  router.use((req, res, next) => {
    const allowed = req.path === '/' ? ['POST'] : ['GET', 'PUT', 'DELETE'];
    if (allowed.includes(req.method)) return next();
    res.set('Allow', allowed.join(', ')).status(405);
    res.json({ error: 'invalid_request', error_description: `use ${allowed.join(', ')}` });
  });
  router.use(answerErrors);
  return router;
}

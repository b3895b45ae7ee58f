import type { IncomingMessage } from 'node:http';
import { type Request, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import type { ClientAddressRequest } from '../../http/index.ts';
import type { Account, Accounts } from '../accounts/accounts.ts';
import { kubectlClientId } from '../clients/client-metadata.ts';
import { ownPagesClientId } from '../interaction/own-pages.ts';
import { requestId } from '../interaction/request-id.ts';
import { sessionIdOf } from '../provider/ended-grants.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Session } from '../sessions/to-session.ts';

export interface OwnSessionsDeps {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  isEnded(sessionId: string): Promise<boolean>;
  clientAddress(req: ClientAddressRequest): string;
}

interface Caller {
  readonly account: Account;
  /** The session that asks. */
  readonly sessionId: string;
}

/**
 * `/sessions`: the person's own, for the program on their machine, as `/account` shows them in a browser. The bearer is an
 * access token of the client `kubectl` (RFC 6750); no other client's person has agreed to show them. A session that is not
 * one's own does not exist.
 */
export function createOwnSessions({ sessions, clientAddress, ...deps }: OwnSessionsDeps): Router {
  const router = Router({ caseSensitive: true });

  router.get('/', async (req, res) => {
    const caller = await callerOf(req, res, deps);
    if (caller === undefined) return;
    const own = await sessions.list(caller.account.id);
    res.set('Cache-Control', 'no-store').json({ sessions: own.map((session) => shown(session, caller)) });
  });

  router.delete('/:id', async (req, res) => {
    const caller = await callerOf(req, res, deps);
    if (caller === undefined) return;
    const own = await sessions.list(caller.account.id);
    const by = { name: caller.account.id, address: clientAddress(req), requestId: requestId(req) };
    const isOwn = own.some(({ id }) => id === req.params.id);
    if (isOwn && (await sessions.end(req.params.id, { cause: 'request', by })))
      return void res.status(204).end();
    res.status(404).json({ error: 'not_found', error_description: 'no session of yours has this id' });
  });

  return router;
}

/** Who presents the token; undefined when the answer says that it does not count. */
async function callerOf(
  req: Request,
  res: Response,
  deps: Pick<OwnSessionsDeps, 'provider' | 'accounts' | 'isEnded'>,
): Promise<Caller | undefined> {
  const caller = await readCaller(bearerOf(req), deps);
  if (caller !== undefined) return caller;
  res
    .status(401)
    .set('WWW-Authenticate', `Bearer realm="${deps.provider.issuer}", error="invalid_token"`)
    .json({ error: 'invalid_token', error_description: 'an access token of the client kubectl is needed' });
  return undefined;
}

function bearerOf({ headers }: IncomingMessage): string {
  return /^Bearer ([\w~+/.-]+=*)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}

async function readCaller(
  value: string,
  { provider, accounts, isEnded }: Pick<OwnSessionsDeps, 'provider' | 'accounts' | 'isEnded'>,
): Promise<Caller | undefined> {
  const token = value === '' ? undefined : await provider.AccessToken.find(value);
  if (token?.isValid !== true || token.clientId !== kubectlClientId) return undefined;
  const grant = await provider.Grant.find(token.grantId);
  if (grant?.accountId !== token.accountId) return undefined;
  const sessionId = sessionIdOf(token.grantId);
  const account = (await isEnded(sessionId)) ? undefined : await accounts.byId(token.accountId);
  return account && { account, sessionId };
}

function shown(session: Session, caller: Caller): Readonly<Record<string, unknown>> {
  const time = (ms: number) => new Date(ms).toISOString();
  return {
    id: session.id,
    kind: session.kind,
    clients: session.clients.filter((id) => id !== ownPagesClientId),
    device: session.lastUsedWith,
    signed_in_with: session.signedInWith,
    address: session.address,
    created_at: time(session.createdAt),
    last_used_at: time(session.lastUsedAt),
    expires_at: time(session.expiresAt),
    current: session.id === caller.sessionId,
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { hashOf } from './stored-model.ts';

export interface SignedIn {
  readonly accountId: string;
  /** The browser session's id in the list of sessions. */
  readonly sessionId: string;
  /** Seconds since the epoch. */
  readonly since: number;
}

/** Who is signed in with the request's session cookie. */
export async function signedIn(
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<SignedIn | undefined> {
  const { accountId, loginTs, uid } = await provider.Session.get(provider.createContext(req, res));
  if (accountId === undefined || loginTs === undefined) return undefined;
  return { accountId, sessionId: hashOf(uid), since: loginTs };
}

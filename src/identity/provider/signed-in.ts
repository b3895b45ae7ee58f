import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { joinAmr } from '../factors/methods.ts';
import { hashOf } from './stored-model.ts';

export interface SignedIn {
  readonly accountId: string;
  /** The browser session's id in the list of sessions. */
  readonly sessionId: string;
  /** Seconds since the epoch. */
  readonly since: number;
  /** How (RFC 8176). */
  readonly amr: readonly string[];
  /** Whether the person asked to be kept signed in. */
  readonly remembered: boolean;
}

/** Who is signed in with the request's session cookie. */
export async function signedIn(
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<SignedIn | undefined> {
  const session = await provider.Session.get(provider.createContext(req, res));
  const { accountId, loginTs, uid, amr = [], transient } = session;
  if (accountId === undefined || loginTs === undefined) return undefined;
  return { accountId, sessionId: hashOf(uid), since: loginTs, amr, remembered: transient !== true };
}

/** Adds to how the person of the request's session is known: they have shown something more since. */
export async function addToSession(
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  amr: readonly string[],
): Promise<void> {
  const session = await provider.Session.get(provider.createContext(req, res));
  if (session.accountId === undefined) return;
  session.amr = [...joinAmr(session.amr ?? [], amr)];
  await session.persist();
}

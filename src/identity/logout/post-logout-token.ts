import type { LazyAgent } from '../../http/index.ts';

/** Milliseconds that a client has for its whole answer. */
const patience = 5000;
/** Bytes of an answer that are read at most; nothing is made of them. */
const longestAnswer = 64 * 1024;

/**
 * Sends a logout token to a client. No redirect is followed. The address is the operator's: it may be a private one.
 * Source: OpenID Connect Back-Channel Logout 1.0 §2.5; 204 is what some frameworks make of an empty 200 (§2.8).
 * @throws Error when the client did not answer 200 or 204 in time
 */
export async function postLogoutToken(
  agent: LazyAgent,
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const { statusCode, body } = await agent.request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
    signal: limit,
  });
  await body.dump({ limit: longestAnswer, signal: limit });
  if (statusCode !== 200 && statusCode !== 204) throw new Error(`the client answered ${statusCode}`);
}

import { systemBrowser } from '../browser.ts';
import { acquireLock } from '../cache-lock.ts';
import type { CommandSpec } from '../command-spec.ts';
import { openCredentialCache } from '../credential-cache.ts';
import { exitCode, PluginError } from '../exit.ts';
import { browserCommandFlag, targetFlags, trustFlags } from '../flag-specs.ts';
import { switchFlag, textFlag } from '../flags.ts';
import { createSendRequest, type SendRequest } from '../http-request.ts';
import type { Invocation } from '../invocation.ts';
import { discover } from '../issuer.ts';
import { resolveTarget, type Target } from '../target.ts';
import { revokeRefreshToken } from '../token-endpoint.ts';

/** How long a refresh that is under way may keep us waiting, and we others, in milliseconds. */
const lockMs = 30_000;

export const logoutCommand: CommandSpec = {
  group: 'login',
  summary: 'End the session and remove the credentials',
  description:
    'Revoke the refresh token at the identity provider, which ends the session that kubectl had there, and remove the credentials from this machine.',
  examples: [
    ['Log out of the identity provider of the current context', 'logout'],
    ['Also end the session of the browser', 'logout --browser'],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    browser: { type: 'boolean', default: 'false', help: "Also open the identity provider's sign-out page" },
    'browser-command': browserCommandFlag,
  },
  run: runLogout,
};

/** Ends the session at the issuer as far as it lets us, and forgets the credentials in any case. */
async function runLogout({ flags, deps }: Invocation): Promise<number> {
  const target = await resolveTarget(flags, deps);
  const cache = openCredentialCache(deps, target);
  const send = createSendRequest(target.trust, deps.env);
  // Under the lock: a refresh that ends after us would bring the credentials back.
  const lock = await acquireLock(cache.lockPath, {
    now: deps.now,
    signal: deps.signal,
    holdMs: lockMs,
    waitMs: lockMs,
  });
  try {
    const refreshToken = cache.refreshToken(cache.read());
    const removed = cache.remove();
    deps.stdout(
      removed ? `Logged out of ${target.issuer}.\n` : `Nobody was logged in to ${target.issuer}.\n`,
    );
    if (refreshToken !== undefined) await revoke(target, refreshToken, send, deps.stderr);
  } finally {
    if (lock.kind === 'acquired') lock.release();
  }
  if (switchFlag(flags, 'browser')) await openSignOutPage(target, send, { flags, deps });
  return exitCode.ok;
}

async function revoke(
  target: Target,
  refreshToken: string,
  send: SendRequest,
  stderr: (text: string) => void,
): Promise<void> {
  try {
    const metadata = await discover(target.issuer, send);
    if (metadata.revocationEndpoint === undefined) {
      stderr(`${target.issuer} has no revocation endpoint: the session there ends by itself.\n`);
      return;
    }
    await revokeRefreshToken(
      { metadata, clientId: target.clientId, send },
      metadata.revocationEndpoint,
      refreshToken,
    );
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const message = `the credentials are gone from this machine, but the session at the issuer could not be ended: ${error.message}`;
    throw new PluginError(error.exitCode, message, { cause: error });
  }
}

/**
 * OpenID Connect RP-Initiated Logout 1.0 §2 without id_token_hint: a token has no place in a URL and in the browser's
 * history, and without it the issuer asks the user to confirm.
 */
async function openSignOutPage(
  target: Target,
  send: SendRequest,
  { flags, deps }: Pick<Invocation, 'flags' | 'deps'>,
): Promise<void> {
  const { endSessionEndpoint } = await discover(target.issuer, send, deps.signal);
  if (endSessionEndpoint === undefined) {
    deps.stderr(`${target.issuer} has no sign-out page.\n`);
    return;
  }
  endSessionEndpoint.searchParams.set('client_id', target.clientId);
  const openBrowser = deps.openBrowser ?? systemBrowser(deps, textFlag(flags, 'browser-command'));
  deps.stderr(`Sign out of the browser's session at:\n\n  ${endSessionEndpoint.href}\n\n`);
  await openBrowser?.(endSessionEndpoint.href);
}

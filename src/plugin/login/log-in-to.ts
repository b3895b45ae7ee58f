import { openCredentialCache } from '../credential-cache.ts';
import type { Invocation } from '../invocation.ts';
import { renewByLogin } from '../renewal.ts';
import { describeExpiry } from '../session-text.ts';
import { loginHint, type Target } from '../target.ts';
import { oneLine } from '../terminal-text.ts';
import type { Login } from './accept-tokens.ts';
import { readLoginOptions } from './login-options.ts';

/** One login whatever the cache holds, and who it made of the user on standard output. */
export async function logInTo(target: Target, { program, flags, deps }: Invocation): Promise<Login> {
  const cache = openCredentialCache(deps, target);
  // Before the user goes through a login whose result could not be kept.
  cache.read();
  const options = readLoginOptions(flags, deps, await deps.stdinIsTerminal());
  const command = loginHint(program, target);
  const login = await renewByLogin(options, { ...deps, cache, target, loginCommand: command });
  const { claims, credentials } = login;
  const groups = claims.groups.map((group) => oneLine(group)).join(', ');
  const renewal = credentials.refreshToken === undefined ? '' : ', then renewed without a login';
  deps.stdout(
    [
      `Logged in to ${target.issuer} as ${oneLine(claims.username)}.`,
      `Groups: ${groups === '' ? '<none>' : groups}`,
      `Valid until: ${describeExpiry(credentials.expiresAt, deps.now())}${renewal}`,
      '',
    ].join('\n'),
  );
  return login;
}

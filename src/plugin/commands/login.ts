import { systemBrowser } from '../browser.ts';
import { openCredentialCache } from '../credential-cache.ts';
import { exitCode } from '../exit.ts';
import { durationFlag, portFlag, switchFlag, textFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { renewByLogin } from '../renewal.ts';
import { describeExpiry } from '../session-text.ts';
import { loginCommand, resolveTarget } from '../target.ts';
import { oneLine } from '../terminal-text.ts';

/** Logs in with the browser, then says who the user is and what to type next. */
export async function runLogin({ program, flags, deps }: Invocation): Promise<number> {
  const target = await resolveTarget(flags, deps);
  const cache = openCredentialCache(deps, target);
  // Before the user goes through a login whose result could not be kept.
  cache.read();
  const openBrowser = switchFlag(flags, 'skip-open-browser')
    ? undefined
    : (deps.openBrowser ?? systemBrowser(deps, textFlag(flags, 'browser-command')));
  const { claims, credentials } = await renewByLogin(
    {
      listenPort: portFlag(flags, 'listen-port'),
      timeoutMs: durationFlag(flags, 'timeout', '180s'),
      ...(openBrowser === undefined ? {} : { openBrowser }),
    },
    { ...deps, cache, target, loginCommand: loginCommand(program, target) },
  );
  const groups = claims.groups.map((group) => oneLine(group)).join(', ');
  const renewal = credentials.refreshToken === undefined ? '' : ', then renewed without a login';
  deps.stdout(
    [
      `Logged in to ${target.issuer} as ${oneLine(claims.username)}.`,
      `Groups: ${groups === '' ? '<none>' : groups}`,
      `Valid until: ${describeExpiry(credentials.expiresAt, deps.now())}${renewal}`,
      '',
      'Next: kubectl auth whoami',
      '',
    ].join('\n'),
  );
  return exitCode.ok;
}

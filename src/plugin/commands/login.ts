import type { CommandSpec } from '../command-spec.ts';
import { openCredentialCache } from '../credential-cache.ts';
import { exitCode } from '../exit.ts';
import { loginFlags, targetFlags, trustFlags } from '../flag-specs.ts';
import type { Invocation } from '../invocation.ts';
import type { Login } from '../login/accept-tokens.ts';
import { readLoginOptions } from '../login/login-options.ts';
import { renewByLogin } from '../renewal.ts';
import { describeExpiry } from '../session-text.ts';
import { loginHint, resolveTarget, type Target } from '../target.ts';
import { oneLine } from '../terminal-text.ts';

export const loginCommand: CommandSpec = {
  group: 'login',
  summary: 'Log in',
  description:
    'Log in and keep the credentials for kubectl. The identity provider and the client come from the current kubeconfig context.',
  examples: [
    ['Log in to the identity provider of the current context', 'login'],
    ['Log in where there is no browser', 'login --flow=device-code'],
    ['Log in without a kubeconfig', 'login --issuer=https://sso.example.com'],
  ],
  flags: { ...targetFlags, ...trustFlags, ...loginFlags },
  run: runLogin,
};

/** Logs in, then says who the user is and what to type next. */
async function runLogin(invocation: Invocation): Promise<number> {
  const target = await resolveTarget(invocation.flags, invocation.deps);
  await logInTo(target, invocation);
  invocation.deps.stdout('\nNext: kubectl auth whoami\n');
  return exitCode.ok;
}

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

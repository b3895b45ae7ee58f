import type { CommandSpec } from '../command-spec.ts';
import { openCredentialCache } from '../credential-cache.ts';
import { rfc3339 } from '../exec-credential.ts';
import { exitCode, PluginError } from '../exit.ts';
import { outputFlagSpec, targetFlags } from '../flag-specs.ts';
import { decodeIdToken } from '../id-token.ts';
import type { Invocation } from '../invocation.ts';
import { outputFormat, printResult } from '../print-result.ts';
import { describeExpiry } from '../session-text.ts';
import { loginHint, resolveTarget } from '../target.ts';
import { oneLine } from '../terminal-text.ts';

export const whoamiCommand: CommandSpec = {
  group: 'login',
  summary: 'Show who is logged in, and until when',
  description:
    'Show who is logged in according to the cached ID token. "kubectl auth whoami" shows whom the cluster makes of it.',
  examples: [
    ['Show the user, the groups and the expiry', 'whoami'],
    ['The same for a script', 'whoami -o json'],
  ],
  flags: {
    ...targetFlags,
    output: {
      ...outputFlagSpec,
      values: ['json', 'yaml', 'name'],
      help: 'Output format. One of: (json, yaml, name)',
    },
  },
  run: runWhoami,
};

/** Shows the cached ID token's user; asks nobody. */
async function runWhoami({ program, flags, deps }: Invocation): Promise<number> {
  const format = outputFormat(flags, ['json', 'yaml', 'name']);
  const target = await resolveTarget(flags, deps);
  const credentials = openCredentialCache(deps, target).read();
  const claims = credentials === undefined ? undefined : decodeIdToken(credentials.idToken)?.claims;
  const hint = `run ${loginHint(program, target)}`;
  if (credentials === undefined || claims === undefined) {
    throw new PluginError(exitCode.notLoggedIn, `not logged in: ${hint}`);
  }
  if (credentials.endedBecause !== undefined) {
    const why = `the session at ${target.issuer} has ended, ${oneLine(credentials.endedBecause)}`;
    throw new PluginError(exitCode.notLoggedIn, `not logged in (${why}): ${hint}`);
  }
  const renewable = credentials.refreshToken !== undefined || credentials.inKeyring === true;
  if (!renewable && credentials.expiresAt * 1000 <= deps.now()) {
    const expiry = describeExpiry(credentials.expiresAt, deps.now());
    throw new PluginError(exitCode.notLoggedIn, `not logged in (the login expired at ${expiry}): ${hint}`);
  }
  const { username, groups, email, sub: subject } = claims;
  const { issuer, clientId, expiresAt } = credentials;
  const expiry = `${describeExpiry(expiresAt, deps.now())}${renewable ? ', renewed when needed' : ''}`;
  const result = {
    kind: 'WhoAmI',
    body: { username, groups, subject, email, issuer, clientId, expiresAt: rfc3339(expiresAt), renewable },
    columns: [{ header: 'ATTRIBUTE' }, { header: 'VALUE' }],
    rows: [
      ['Username', username],
      ['Groups', `[${groups.join(' ')}]`],
      ['Issuer', issuer],
      ['Client ID', clientId],
      ['Expires', expiry],
    ],
    names: [`user/${username}`],
  };
  printResult(result, format, deps);
  return exitCode.ok;
}

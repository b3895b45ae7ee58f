import type { CommandSpec } from '../command-spec.ts';
import { type Credentials, openCredentialCache } from '../credential-cache.ts';
import { type ExecInfo, readExecInfo, renderExecCredential } from '../exec-credential.ts';
import { exitCode } from '../exit.ts';
import { loginFlags, targetFlags, trustFlags } from '../flag-specs.ts';
import { switchFlag } from '../flags.ts';
import { isFresh } from '../freshness.ts';
import { openHandedOut } from '../handed-out.ts';
import type { Invocation } from '../invocation.ts';
import type { RenewalOptions } from '../renewal.ts';
import { loginHint, resolveTarget } from '../target.ts';

export const tokenCommand: CommandSpec = {
  group: 'plugin',
  summary: 'Print an ExecCredential for kubectl (a kubeconfig runs this)',
  description:
    'Print an ExecCredential with an ID token on standard output, as a credential plugin of kubectl does. Renews the token when it is about to expire, and logs in when a user is there to do so; where nobody is, it says so on standard error and exits with 3. When the same kubectl asks again for a token that is still good, the server has refused it: then it is renewed once.',
  examples: [
    ['What a kubeconfig runs', 'token --issuer=https://sso.example.com --client-id=kubectl'],
    [
      'With the flags of a kubeconfig for kubelogin',
      'get-token --oidc-issuer-url=https://sso.example.com --oidc-client-id=kubectl',
    ],
    [
      'For a program that acts for itself',
      'token --issuer=https://sso.example.com --client-id=ci --flow=client-credentials --client-secret-file=/run/secrets/ci',
    ],
    ['A new token, whatever the cached one has left', 'token --force-refresh'],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    ...loginFlags,
    'force-refresh': { type: 'boolean', default: 'false', help: 'Renew the token however long it still has' },
  },
  run: runToken,
};

/** The credential plugin: one ExecCredential on standard output, nothing else there. */
async function runToken(invocation: Invocation): Promise<number> {
  const { flags, deps } = invocation;
  const info = readExecInfo(deps.env['KUBERNETES_EXEC_INFO']);
  const target = await resolveTarget(flags, deps);
  const cache = openCredentialCache(deps, target);
  const handedOut =
    info.interactive === undefined ? undefined : openHandedOut(cache.handedOutPath, deps.parent(), deps.now);
  let credentials: Credentials | undefined = cache.read();
  const refused = credentials !== undefined && handedOut?.wasRefused(credentials.idToken) === true;
  const force = refused || switchFlag(flags, 'force-refresh');
  if (force || !isFresh(credentials, deps.now())) {
    const { renewCredentials } = await import('../renewal.ts');
    const options = await renewalOptions(info, force, invocation);
    const login = loginHint(invocation.program, target);
    credentials = await renewCredentials(options, { ...deps, cache, target, loginCommand: login });
  }
  handedOut?.remember(credentials.idToken, refused);
  deps.stdout(renderExecCredential(info, credentials));
  return exitCode.ok;
}

async function renewalOptions(
  info: ExecInfo,
  force: boolean,
  { flags, deps }: Invocation,
): Promise<RenewalOptions> {
  const { readLoginOptions } = await import('../login/login-options.ts');
  // Standard input may be what kubectl's own command reads next: only the paste flow takes from it.
  const login = readLoginOptions(flags, deps, false);
  // No terminal: an editor, a dashboard, a script that polls. A window that pops up there helps nobody, and comes back.
  const isNeeded = login.flow !== 'client-credentials';
  const isThere = !isNeeded || (info.interactive ?? (await deps.stdinIsTerminal()));
  return { timeoutMs: login.timeoutMs, force, ...(isThere ? { login } : {}) };
}

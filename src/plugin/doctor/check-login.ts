import { statSync } from 'node:fs';
import { type Credentials, cacheDirectory, openCredentialCache } from '../credential-cache.ts';
import { PluginError } from '../exit.ts';
import { isFresh } from '../freshness.ts';
import { createSendRequest } from '../http-request.ts';
import type { PluginDeps } from '../invocation.ts';
import { findKeyring } from '../keyring.ts';
import { isName } from '../kubeconfig/kubeconfig-files.ts';
import type { ContextEntry } from '../kubeconfig/read-context.ts';
import { openBackoff } from '../login/backoff.ts';
import { describeExpiry } from '../session-text.ts';
import { loginHint, type Target } from '../target.ts';
import { oneLine } from '../terminal-text.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface CheckedLogin {
  readonly findings: readonly Finding[];
  /** Of a login that is good now. */
  readonly idToken: string | undefined;
}

/** What is kept of the login: safely, and still good. */
export function checkLogin(target: Target, program: string, deps: PluginDeps): CheckedLogin {
  const cache = openCredentialCache(deps, target);
  const login = `run: ${loginHint(program, target)}`;
  let credentials: Credentials | undefined;
  try {
    credentials = cache.read();
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const [message = '', fix = login] = error.message.split('; fix it with: ');
    return { idToken: undefined, findings: [problem('cache', message, `run: ${fix}`)] };
  }
  const directory = cacheDirectory(deps);
  const size = statSync(cache.path, { throwIfNoEntry: false })?.size ?? 0;
  const findings = [
    ok(
      'cache',
      credentials === undefined ? `${directory} has no login` : `${cache.path}, ${size} bytes, yours alone`,
    ),
  ];
  findings.push(keyringFinding(deps, credentials?.inKeyring === true));
  const pause = openBackoff(cache, deps.now).pause();
  if (pause > 0)
    findings.push(
      warning(
        'login',
        `the last one came to nothing: none begins by itself for ${Math.ceil(pause / 1000)} s`,
        login,
      ),
    );
  findings.push(loginFinding(credentials, login, deps.now()));
  return { findings, idToken: isFresh(credentials, deps.now()) ? credentials.idToken : undefined };
}

function loginFinding(credentials: Credentials | undefined, login: string, now: number): Finding {
  if (credentials === undefined) return warning('login', 'nobody is logged in', login);
  const { endedBecause, expiresAt, refreshToken, inKeyring } = credentials;
  if (endedBecause !== undefined)
    return problem('login', `the session has ended, ${oneLine(endedBecause)}`, login);
  const expiry = describeExpiry(expiresAt, now);
  if (refreshToken !== undefined || inKeyring === true)
    return ok('login', `the token ends at ${expiry}, and is renewed when needed`);
  return expiresAt * 1000 > now
    ? warning('login', `the token ends at ${expiry}, and cannot be renewed`, login)
    : problem('login', `the token ended at ${expiry}`, login);
}

function keyringFinding(deps: PluginDeps, isUsed: boolean): Finding {
  const keyring = findKeyring(deps);
  if (keyring !== undefined)
    return ok(
      'keyring',
      `${keyring.name} is there${isUsed ? ', and has the refresh token' : '; --cache=keyring would use it'}`,
    );
  return isUsed
    ? problem(
        'keyring',
        'the refresh token is in a keyring whose program is no longer there',
        'install it, or log in with --cache=disk',
      )
    : ok('keyring', 'there is none of secret-tool, security and pass: the file keeps the refresh token');
}

/** The API server of the context: there, with the right certificate, and taking the token. */
export async function checkCluster(
  { cluster, clusterFields }: ContextEntry,
  idToken: string | undefined,
  { env, signal }: PluginDeps,
): Promise<Finding> {
  const { server } = clusterFields;
  const url = isName(server) ? URL.parse(server) : null;
  const again = 'run: kubectl sallyport kubeconfig URL-OF-YOUR-PORTAL';
  if (url === null) return problem('cluster', `the cluster ${cluster} has no server`, again);
  if (url.protocol !== 'https:')
    return problem('cluster', `${url.href} is not https: kubectl sends no token there`, again);
  const send = createSendRequest(trustOf(clusterFields), env);
  const version = new URL(`${url.href.replace(/\/$/, '')}/version`);
  try {
    const { status } = await send(version, { signal, ...(idToken === undefined ? {} : { bearer: idToken }) });
    if (idToken !== undefined && status === 401) {
      const fix =
        'compare the issuer and the audience of the gateway’s AuthenticationConfiguration with those of the kubeconfig; or log in again';
      return problem('cluster', `${url.href} refuses the token (401)`, fix);
    }
    if (status >= 500) return problem('cluster', `${url.href} answers ${status}`, 'ask who runs it');
    return ok('cluster', `${url.href} answers${idToken === undefined ? '' : ', and takes the token'}`);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const fix = error.message.includes('certificate-authority')
      ? again
      : 'check the address, the network, and HTTPS_PROXY and NO_PROXY';
    return problem('cluster', error.message.replace(' (is --certificate-authority right?)', ''), fix);
  }
}

function trustOf(clusterFields: ContextEntry['clusterFields']) {
  const data = clusterFields['certificate-authority-data'];
  const file = clusterFields['certificate-authority'];
  return { ...(isName(data) ? { data } : {}), ...(isName(file) ? { file } : {}) };
}

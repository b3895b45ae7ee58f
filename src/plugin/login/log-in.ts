import type { OpenBrowser } from '../browser.ts';
import type { SendRequest } from '../http-request.ts';
import type { PluginDeps } from '../invocation.ts';
import { discover } from '../issuer.ts';
import type { Target } from '../target.ts';
import type { Login } from './accept-tokens.ts';
import { chooseFlow, type Flow } from './choose-flow.ts';
import type { ClientProof } from './client-login.ts';

export interface LoginDeps
  extends Pick<
    PluginDeps,
    'env' | 'now' | 'stderr' | 'signal' | 'readLine' | 'stderrIsTerminal' | 'fileExists'
  > {
  readonly send: SendRequest;
}

export interface LoginOptions {
  /** What the user asked for; left out when we are to choose. */
  readonly flow?: Flow;
  readonly listenPort: number;
  /** How long the user has, in milliseconds. */
  readonly timeoutMs: number;
  /** Only print the URL: the user has a browser on this machine, or a way to its ports. */
  readonly skipOpenBrowser: boolean;
  /** Left out when this machine has none. */
  readonly openBrowser?: OpenBrowser;
  /** Standard input is the user's, and nobody else reads it. */
  readonly readsTerminal: boolean;
  /** Of a program that acts for itself. */
  readonly clientProof?: ClientProof;
}

/**
 * One login by the flow that fits. Throws PluginError: notLoggedIn when the issuer or the user refuses or nobody can be
 * there, timeout, interrupted, unreachable, failure when a check fails.
 */
export async function logIn(target: Target, options: LoginOptions, deps: LoginDeps): Promise<Login> {
  const metadata = await discover(target.issuer, deps.send, deps.signal);
  const wanted = options.flow ?? (options.skipOpenBrowser ? 'browser' : undefined);
  const { flow, why } = chooseFlow(wanted, {
    env: deps.env,
    hasBrowser: options.openBrowser !== undefined,
    fileExists: deps.fileExists,
    hasDeviceFlow: metadata.deviceAuthorizationEndpoint !== undefined,
  });
  if (flow === 'client-credentials') {
    const { logInAsClient } = await import('./client-login.ts');
    return logInAsClient(target, metadata, options.clientProof, deps);
  }
  if (flow === 'device-code') {
    deps.stderr(`Logging in with a code, because ${why}.\n`);
    const { logInByDeviceCode } = await import('./device-login.ts');
    return logInByDeviceCode(target, metadata, options, deps);
  }
  const { logInByBrowser } = await import('./browser-login.ts');
  if (flow === 'paste') {
    deps.stderr(`Logging in with a browser elsewhere, because ${why}.\n`);
    const { openBrowser: _, ...rest } = options;
    return logInByBrowser(target, metadata, { ...rest, paste: true }, deps);
  }
  return logInByBrowser(target, metadata, { ...options, paste: false }, deps);
}

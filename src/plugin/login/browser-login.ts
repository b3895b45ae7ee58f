import { createHash, randomBytes } from 'node:crypto';
import { exitCode, PluginError } from '../exit.ts';
import type { IssuerMetadata } from '../issuer.ts';
import type { Target } from '../target.ts';
import { plainText } from '../terminal-text.ts';
import { oauthError, redeemCode } from '../token-endpoint.ts';
import { acceptTokens, type Login } from './accept-tokens.ts';
import type { LoginDeps, LoginOptions } from './log-in.ts';
import { type Callback, openLoopbackListener } from './loopback-listener.ts';
import { failedPage, signedInPage } from './pages.ts';
import { readPastedAnswer } from './pasted-answer.ts';
import { scopesFor } from './scopes.ts';

export interface BrowserLoginOptions extends LoginOptions {
  /** The browser is on another machine: its last address is pasted here. */
  readonly paste: boolean;
}

interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

/**
 * Authorization code with PKCE in the user's browser (RFC 6749 §4.1, RFC 7636, RFC 8252). The answer comes to a port of
 * this machine, or is pasted; whichever is first.
 */
export async function logInByBrowser(
  target: Target,
  metadata: IssuerMetadata,
  options: BrowserLoginOptions,
  deps: LoginDeps,
): Promise<Login> {
  const state = randomText();
  const listener = await openLoopbackListener(options.listenPort, state);
  // Ends the wait for a line when the answer comes the other way.
  const done = new AbortController();
  try {
    const { redirectUri } = listener;
    const attempt: Attempt = { state, nonce: randomText(), codeVerifier: randomText(), redirectUri };
    await showUrl(authorizationUrl(metadata, target, attempt), options, deps);
    const answers = [listener.callback];
    if (options.readsTerminal || options.paste) {
      const signal = AbortSignal.any([deps.signal, done.signal]);
      answers.push(readPastedAnswer(state, redirectUri, { ...deps, signal }));
    }
    const callback = await withinTime(Promise.race(answers), options.timeoutMs, deps.signal);
    try {
      const login = await finish(callback, metadata, target, attempt, deps);
      await callback.answer(signedInPage);
      return login;
    } catch (error) {
      const text = error instanceof PluginError ? error.message : 'An unexpected error happened.';
      await callback.answer(failedPage(`${plainText(text)} Go back to your terminal.`));
      throw error;
    }
  } finally {
    done.abort();
    listener.close();
  }
}

/** 256 random bits, in characters that RFC 7636 §4.1 allows. */
function randomText(): string {
  return randomBytes(32).toString('base64url');
}

function authorizationUrl(metadata: IssuerMetadata, target: Target, attempt: Attempt): string {
  const url = new URL(metadata.authorizationEndpoint);
  const parameters: Readonly<Record<string, string>> = {
    response_type: 'code',
    client_id: target.clientId,
    redirect_uri: attempt.redirectUri,
    scope: scopesFor(target),
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: createHash('sha256').update(attempt.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

async function showUrl(
  url: string,
  { openBrowser, skipOpenBrowser, paste }: BrowserLoginOptions,
  { stderr }: LoginDeps,
): Promise<void> {
  if (paste) {
    stderr(
      `Open this URL in any browser and sign in:\n\n  ${url}\n\nAt its end, the browser cannot reach a page of 127.0.0.1. Copy that page's address and paste it here:\n`,
    );
    return;
  }
  if (skipOpenBrowser || openBrowser === undefined) {
    stderr(`Open this URL in a browser on this machine to log in:\n\n  ${url}\n\n`);
    return;
  }
  stderr(`Opening your browser to log in. If it does not open, visit:\n\n  ${url}\n\n`);
  if (!(await openBrowser(url))) {
    stderr('No browser could be started: open the URL yourself, or use --flow=device-code.\n');
  }
}

/** The promise's value, unless the user takes too long or gives up. */
async function withinTime<T>(promise: Promise<T>, timeoutMs: number, interrupt: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onInterrupt = (): void => reject(new PluginError(exitCode.interrupted, 'interrupted'));
  const timer = setTimeout(() => {
    reject(new PluginError(exitCode.timeout, `nobody logged in within ${timeoutMs / 1000} seconds`));
  }, timeoutMs);
  interrupt.addEventListener('abort', onInterrupt);
  try {
    if (interrupt.aborted) onInterrupt();
    return await Promise.race([promise, stopped]);
  } finally {
    clearTimeout(timer);
    interrupt.removeEventListener('abort', onInterrupt);
  }
}

async function finish(
  callback: Callback,
  metadata: IssuerMetadata,
  target: Target,
  attempt: Attempt,
  deps: LoginDeps,
): Promise<Login> {
  const code = readCode(callback.params, metadata);
  const endpoint = { metadata, clientId: target.clientId, send: deps.send };
  const answer = await redeemCode(endpoint, { ...attempt, code });
  if (answer.kind === 'refused') {
    throw new PluginError(
      exitCode.notLoggedIn,
      `not logged in: the issuer did not accept the code (${answer.reason})`,
    );
  }
  return acceptTokens(answer, { target, metadata, nonce: attempt.nonce }, deps);
}

/** The code of an authorization response that is the answer to our own request (its state has been compared) and from our issuer (iss). */
function readCode(params: URLSearchParams, metadata: IssuerMetadata): string {
  for (const name of new Set(params.keys())) {
    // RFC 6749 §3.1: parameters must not be repeated; which of the two would count is anyone's guess.
    if (params.getAll(name).length > 1) throw foreign('a parameter is there twice');
  }
  const iss = params.get('iss');
  if (iss === null ? metadata.sendsIss : iss !== metadata.issuer)
    throw foreign('it is not from the issuer (iss)');
  if (params.has('error')) {
    throw new PluginError(exitCode.notLoggedIn, `not logged in: ${oauthError(Object.fromEntries(params))}`);
  }
  const code = params.get('code');
  if (code === null || code === '') throw foreign('it has no code');
  return code;
}

function foreign(why: string): PluginError {
  return new PluginError(exitCode.failure, `refusing the answer that the browser brought: ${why}`);
}

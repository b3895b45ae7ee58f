import { setTimeout as delay } from 'node:timers/promises';
import { exitCode, PluginError } from '../exit.ts';
import type { IssuerMetadata } from '../issuer.ts';
import { assertSafeUrl, type Target } from '../target.ts';
import { oneLine } from '../terminal-text.ts';
import { oauthError, redeemDeviceCode, type TokenEndpoint, type Tokens } from '../token-endpoint.ts';
import { acceptTokens, type Login } from './accept-tokens.ts';
import type { LoginDeps, LoginOptions } from './log-in.ts';
import { scopesFor } from './scopes.ts';

/** What a device authorization endpoint answers (RFC 8628 §3.2). Seconds. */
interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string | undefined;
  readonly expiresIn: number;
  readonly interval: number;
}

/** RFC 8628 §3.2: what counts when the answer does not say. Seconds. */
const defaultInterval = 5;

/**
 * Shows a code and waits until somebody lets it in with a browser elsewhere (RFC 8628). Throws PluginError: notLoggedIn
 * when they refuse or the code runs out, timeout, interrupted, unreachable.
 */
export async function logInByDeviceCode(
  target: Target,
  metadata: IssuerMetadata,
  options: LoginOptions,
  deps: LoginDeps,
): Promise<Login> {
  const authorization = await authorize(target, metadata, deps);
  deps.stderr(await instructions(authorization, deps.stderrIsTerminal()));
  const endpoint = { metadata, clientId: target.clientId, send: deps.send };
  const patience = Math.min(options.timeoutMs, authorization.expiresIn * 1000);
  const tokens = await poll(endpoint, authorization, deps.now() + patience, deps);
  return acceptTokens(tokens, { target, metadata }, deps);
}

async function authorize(
  target: Target,
  { issuer, deviceAuthorizationEndpoint }: IssuerMetadata,
  { send, signal }: LoginDeps,
): Promise<DeviceAuthorization> {
  if (deviceAuthorizationEndpoint === undefined) {
    throw new PluginError(exitCode.usage, `${issuer} has no device codes: use --flow=paste`);
  }
  const form = { client_id: target.clientId, scope: scopesFor(target) };
  const { status, body } = await send(deviceAuthorizationEndpoint, { form, signal });
  const answer = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (status !== 200) {
    const code = status >= 500 ? exitCode.unreachable : exitCode.failure;
    throw new PluginError(code, `${issuer} gave no device code: ${status} ${oauthError(answer)}`);
  }
  const { device_code: deviceCode, user_code: userCode, verification_uri: uri } = answer;
  if (typeof deviceCode !== 'string' || typeof userCode !== 'string' || typeof uri !== 'string') {
    throw new PluginError(exitCode.failure, `${issuer} answered without a device code`);
  }
  const complete = answer['verification_uri_complete'];
  return {
    deviceCode,
    userCode: oneLine(userCode, 60),
    verificationUri: assertSafeUrl(uri, `${issuer}'s verification_uri`).href,
    verificationUriComplete:
      typeof complete === 'string'
        ? assertSafeUrl(complete, `${issuer}'s verification_uri_complete`).href
        : undefined,
    expiresIn: secondsOf(answer['expires_in'], 300),
    interval: secondsOf(answer['interval'], defaultInterval),
  };
}

function secondsOf(value: unknown, fallback: number): number {
  return typeof value === 'number' && value >= 0 ? value : fallback;
}

/** §3.3.1: the code is shown also where the address has it in it, for the user to compare. */
async function instructions(
  { userCode, verificationUri, verificationUriComplete }: DeviceAuthorization,
  onTerminal: boolean,
): Promise<string> {
  const lines = [
    'Open this page in a browser on any device, and enter the code, or check that it is the one shown:',
    '',
    `  ${verificationUriComplete ?? verificationUri}`,
    '',
    `  Code: ${userCode}`,
    '',
  ];
  if (!onTerminal) return `${lines.join('\n')}\n`;
  const { renderUnicodeCompact } = await import('uqr');
  const picture = renderUnicodeCompact(verificationUriComplete ?? verificationUri, { border: 2 });
  return `${[...lines, picture, ''].join('\n')}\n`;
}

async function poll(
  endpoint: TokenEndpoint,
  { deviceCode, interval }: DeviceAuthorization,
  until: number,
  { now, signal }: LoginDeps,
): Promise<Tokens> {
  for (let pause = interval; ; ) {
    if (now() + pause * 1000 > until) {
      throw new PluginError(exitCode.timeout, 'nobody let the code in in time');
    }
    try {
      await delay(pause * 1000, undefined, { signal });
    } catch {
      throw new PluginError(exitCode.interrupted, 'interrupted');
    }
    const answer = await redeemDeviceCode(endpoint, deviceCode);
    if (answer.kind === 'tokens') return answer;
    if (answer.kind === 'refused')
      throw new PluginError(exitCode.notLoggedIn, `not logged in: ${answer.reason}`);
    // §3.5: by five seconds each time.
    if (answer.kind === 'too fast') pause += 5;
  }
}

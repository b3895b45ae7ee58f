import { exitCode, PluginError } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';

/**
 * `browser`: one on this machine. `paste`: one elsewhere, whose last address is pasted. `device-code`: RFC 8628.
 * `client-credentials`: nobody signs in, a program acts for itself.
 */
export type Flow = 'browser' | 'paste' | 'device-code' | 'client-credentials';

export interface FlowSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A program that could show a page, as far as one can tell. */
  readonly hasBrowser: boolean;
  readonly fileExists: (path: string) => boolean;
  /** The issuer has a device authorization endpoint. */
  readonly hasDeviceFlow: boolean;
}

export interface FlowChoice {
  readonly flow: Flow;
  /** Why, in words that go on after "because". */
  readonly why: string;
}

/** What --flow and kubelogin's --grant-type may say. */
export const flowNames: readonly string[] = ['auto', 'browser', 'paste', 'device-code', 'client-credentials'];

/** The value of --flow; undefined for auto. Throws PluginError (usage). */
export function flowFlag(flags: Flags): Flow | undefined {
  const text = textFlag(flags, 'flow') ?? 'auto';
  if (text === 'auto') return undefined;
  if (flowNames.includes(text)) return text as Flow;
  throw new PluginError(exitCode.usage, `--flow takes one of ${flowNames.join(', ')}, not "${text}"`);
}

/** kubelogin's names. Passwords are not for this program, and say so by being unknown. */
export function flowOfGrantType(grantType: string): string {
  if (grantType === 'authcode') return 'browser';
  return grantType === 'authcode-keyboard' ? 'paste' : grantType;
}

/**
 * The flow that can work here. Throws PluginError (notLoggedIn) in a CI job, where nobody can do any of them, and (usage)
 * when the issuer does not have the flow that was asked for.
 */
export function chooseFlow(wanted: Flow | undefined, surroundings: FlowSurroundings): FlowChoice {
  const { env, hasBrowser, hasDeviceFlow } = surroundings;
  if (wanted === 'device-code' && !hasDeviceFlow) {
    throw new PluginError(exitCode.usage, 'the issuer has no device codes: use --flow=paste');
  }
  if (wanted !== undefined) return { flow: wanted, why: 'it was asked for' };
  if (isSet(env['CI'])) {
    throw new PluginError(
      exitCode.notLoggedIn,
      'not logged in: CI is set, and nobody can sign in here. Give the job a token of its own (--flow=client-credentials), or choose another --flow',
    );
  }
  const why = whyNoBrowser(surroundings);
  if (why === undefined && hasBrowser) return { flow: 'browser', why: 'this machine can open one' };
  return { flow: hasDeviceFlow ? 'device-code' : 'paste', why: why ?? 'no browser was found' };
}

/** Why a browser that is here would not be the user's; undefined when it would. */
function whyNoBrowser({ env, hasBrowser, fileExists }: FlowSurroundings): string | undefined {
  // Somebody who names a browser means it, wherever they are.
  if (hasBrowser && isSet(env['BROWSER'])) return undefined;
  if (['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'].some((name) => isSet(env[name])))
    return 'you came here by SSH, and your browser is elsewhere';
  if (hasBrowser) return undefined;
  if (isSet(env['KUBERNETES_SERVICE_HOST'])) return 'this is a pod, which has no browser';
  const contained = isSet(env['container']) || ['/.dockerenv', '/run/.containerenv'].some(fileExists);
  return contained ? 'this is a container, which has no browser' : 'there is no display here';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false';
}

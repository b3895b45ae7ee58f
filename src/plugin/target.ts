import type { Storage } from './credential-cache.ts';
import { exitCode, PluginError } from './exit.ts';
import { type Flags, listFlag, textFlag } from './flags.ts';
import type { Invocation, PluginDeps } from './invocation.ts';
import { oneLine } from './terminal-text.ts';

/** The certificate authorities to trust for an issuer instead of the system's. */
export interface IssuerTrust {
  /** Path of a PEM file. */
  readonly file?: string;
  /** Base64 of PEM text, as kubeconfig files carry it. */
  readonly data?: string;
}

/** Where to log in, and as which client. */
export interface Target {
  readonly issuer: string;
  readonly clientId: string;
  /** Asked for besides the usual ones, in order of their letters. */
  readonly extraScopes: readonly string[];
  readonly trust: IssuerTrust;
  /** Where the refresh token is kept; left out: where it is. */
  readonly storage?: Storage;
}

const defaultClientId = 'kubectl';

/** The target that the flags name, completed from the current kubeconfig context. */
export async function resolveTarget(flags: Flags, deps: PluginDeps): Promise<Target> {
  let given: Flags = flags;
  if (textFlag(flags, 'issuer') === undefined) {
    const { chosenContext } = await import('./kubeconfig/read-context.ts');
    given = { ...(await chosenContext(flags, deps))?.loginFlags, ...withoutEmpty(flags) };
  }
  return targetOf(given);
}

/** The target that the flags alone name. Throws PluginError (usage) when they name no issuer, or one that is not safe. */
export function targetOf(given: Flags): Target {
  const issuer = textFlag(given, 'issuer');
  if (issuer === undefined) {
    throw new PluginError(
      exitCode.usage,
      'no issuer is known: pass --issuer, select a kubeconfig context whose user runs kubectl-sallyport, or run: kubectl sallyport login URL-OF-YOUR-PORTAL',
    );
  }
  assertSafeUrl(issuer, 'the issuer');
  const file = textFlag(given, 'certificate-authority');
  const data = textFlag(given, 'certificate-authority-data');
  const storage = storageOf(given);
  return {
    issuer,
    ...(storage === undefined ? {} : { storage }),
    clientId: textFlag(given, 'client-id') ?? defaultClientId,
    extraScopes: [...new Set(listFlag(given, 'extra-scope'))].sort(),
    trust: { ...(file === undefined ? {} : { file }), ...(data === undefined ? {} : { data }) },
  };
}

function storageOf(flags: Flags): Storage | undefined {
  const text = textFlag(flags, 'cache');
  if (text === undefined || text === 'disk' || text === 'keyring' || text === 'none') return text;
  throw new PluginError(exitCode.usage, `--cache takes one of disk, keyring, none, not "${oneLine(text)}"`);
}

function withoutEmpty(flags: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined && value !== ''));
}

/**
 * Accepts https, and http on a loopback host only: elsewhere codes and tokens would cross a network in the clear.
 * Applied to the issuer and to every endpoint that it names.
 */
export function assertSafeUrl(text: string, what: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new PluginError(exitCode.usage, `${what} must be an https URL, not "${oneLine(text)}"`);
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new PluginError(exitCode.usage, `the URL of ${what} must have no user, password or fragment`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new PluginError(
      exitCode.usage,
      `${what} "${oneLine(text)}" must use https: plain http is only for this machine`,
    );
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  // URL has already brought every spelling of an IPv4 address to its dotted form.
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The command that logs in to exactly this target. */
export function loginHint(program: Invocation['program'], target: Target): string {
  const client = target.clientId === defaultClientId ? '' : ` --client-id=${target.clientId}`;
  const scopes = target.extraScopes.length === 0 ? '' : ` --extra-scope=${target.extraScopes.join(',')}`;
  return oneLine(`${program} login --issuer=${target.issuer}${client}${scopes}`);
}

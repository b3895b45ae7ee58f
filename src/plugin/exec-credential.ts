import { exitCode, PluginError } from './exit.ts';
import { oneLine, plainJson } from './terminal-text.ts';

/** The versions of `client.authentication.k8s.io` that we speak (client-go pkg/apis/clientauthentication). */
const apiVersions: readonly string[] = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
];

/**
 * client-go must stop using a token some time before it expires: it may still spend seconds in flight, and clocks
 * differ. In seconds.
 */
export const expiryLeeway = 30;

/** What kubectl tells an exec plugin in KUBERNETES_EXEC_INFO. */
export interface ExecInfo {
  readonly apiVersion: string;
  /** Whether standard input is the user's terminal; undefined when we were not run by kubectl. */
  readonly interactive?: boolean;
}

/** Reads KUBERNETES_EXEC_INFO; without it we were started by hand, and answer with v1. */
export function readExecInfo(text: string | undefined): ExecInfo {
  if (text === undefined || text === '') return { apiVersion: 'client.authentication.k8s.io/v1' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PluginError(exitCode.usage, 'KUBERNETES_EXEC_INFO is not JSON');
  }
  const { apiVersion, spec } = (value ?? {}) as {
    apiVersion?: unknown;
    spec?: { interactive?: unknown } | null;
  };
  // client-go accepts an answer in the version it asked in, and no other.
  if (typeof apiVersion !== 'string' || !apiVersions.includes(apiVersion)) {
    const asked = oneLine(typeof apiVersion === 'string' ? apiVersion : 'none');
    throw new PluginError(
      exitCode.usage,
      `KUBERNETES_EXEC_INFO asks for apiVersion ${asked}; set the kubeconfig's exec apiVersion to ${apiVersions[0]}`,
    );
  }
  return { apiVersion, interactive: spec?.interactive === true };
}

/** The ExecCredential object, one line, for standard output. `expiresAt` is the token's `exp`, in seconds. */
export function renderExecCredential(
  info: ExecInfo,
  credentials: { idToken: string; expiresAt: number },
): string {
  const expirationTimestamp = rfc3339(credentials.expiresAt - expiryLeeway);
  const status = { expirationTimestamp, token: credentials.idToken };
  return `${plainJson({ apiVersion: info.apiVersion, kind: 'ExecCredential', status })}\n`;
}

/** Seconds since the epoch as metav1.Time writes them. */
export function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

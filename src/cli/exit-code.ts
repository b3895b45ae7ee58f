import { EXIT } from './command.ts';

/** What is wrong with what the operator wrote, rather than with the world. */
const CONFIGURATION = new Set([
  'SP_USAGE',
  'SP_CONFIG',
  'SP_KUBECONFIG',
  'SP_RBAC_MANIFESTS',
  'SP_AUTHENTICATION_CONFIG',
  'SP_IDENTITY_CLIENT_CONFIG',
  'SP_IDENTITY_ACCOUNT_CONFLICT',
  'SP_STORE_SEALED',
]);

/** By status of the API server's answer. */
const OF_STATUS: Readonly<Record<number, number>> = {
  401: EXIT.notLoggedIn,
  403: EXIT.forbidden,
  404: EXIT.notFound,
  409: EXIT.conflict,
};

/** By the code of an error of ours. By their codes, not by their classes: a quick command does not wait for what has those. */
const OF_CODE: Readonly<Record<string, number>> = {
  SP_CREDENTIAL: EXIT.notLoggedIn,
  SP_HIDDEN_POLICY: EXIT.forbidden,
  SP_UNREACHABLE: EXIT.unreachable,
};

/** The exit code for a command that ended with an error. */
export function exitCodeOf(error: unknown): number {
  const code = errorCodeOf(error);
  if (code === 'SP_API') return ofStatus(Number((error as { status?: unknown }).status));
  return OF_CODE[code] ?? (CONFIGURATION.has(code) ? EXIT.usage : EXIT.failure);
}

function ofStatus(status: number): number {
  return OF_STATUS[status] ?? (status >= 500 ? EXIT.unreachable : EXIT.failure);
}

/** The `code` of an error of ours or of Node.js; '' when there is none. */
export function errorCodeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

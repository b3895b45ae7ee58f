import { exitCode } from './command.ts';

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
  401: exitCode.notLoggedIn,
  403: exitCode.forbidden,
  404: exitCode.notFound,
  409: exitCode.conflict,
};

/** By the code of an error of ours. By their codes, not by their classes: a quick command does not wait for what has those. */
const OF_CODE: Readonly<Record<string, number>> = {
  SP_CREDENTIAL: exitCode.notLoggedIn,
  SP_HIDDEN_POLICY: exitCode.forbidden,
  SP_UNREACHABLE: exitCode.unreachable,
};

/** The exit code for a command that ended with an error. */
export function exitCodeOf(error: unknown): number {
  const code = errorCodeOf(error);
  if (code === 'SP_API') return ofStatus(Number((error as { status?: unknown }).status));
  return OF_CODE[code] ?? (CONFIGURATION.has(code) ? exitCode.usage : exitCode.failure);
}

function ofStatus(status: number): number {
  return OF_STATUS[status] ?? (status >= 500 ? exitCode.unreachable : exitCode.failure);
}

/** The `code` of an error of ours or of Node.js; '' when there is none. */
export function errorCodeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

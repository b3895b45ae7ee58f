import type { ServerResponse } from 'node:http';
import { registrationPath } from '../registration/registration-path.ts';
import type { Failure } from './failures.ts';

/** The endpoints that programs post to. What is wrong there is told in JSON, also before the provider is asked. */
export const programEndpoints: ReadonlySet<string> = new Set([
  '/token',
  '/token/revoke',
  '/token/introspect',
  '/device/code',
  '/par',
]);

/** Whether only programs come to this path below the issuer: there, and where clients register. */
export function isForPrograms(path: string): boolean {
  return programEndpoints.has(path) || path === registrationPath || path.startsWith(`${registrationPath}/`);
}

/** What a program can do about it. */
const remedies: Readonly<Record<number, string>> = {
  405: 'use POST',
  413: 'the body is too long',
  414: 'the query is too long: send the parameters in the body',
  421: 'this is not the address of the issuer',
  503: 'too much to do: Retry-After says when to come again',
  429: 'too many requests: Retry-After says when to come again',
};

function errorOf(status: number): string {
  if (status === 500) return 'server_error';
  return status === 429 || status === 503 ? 'temporarily_unavailable' : 'invalid_request';
}

/** Answers with the error of RFC 6749 §5.2; the two that are no client's fault have their names from §4.1.2.1. */
export function sendProgramFailure(res: ServerResponse, { status, detail }: Failure): void {
  const description = remedies[status] ?? detail?.replace(/^\w+: /, '');
  res.statusCode = status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  res.end(
    JSON.stringify({
      error: errorOf(status),
      ...(description === undefined ? {} : { error_description: description }),
    }),
  );
}

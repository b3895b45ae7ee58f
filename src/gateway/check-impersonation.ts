/**
 * Impersonation by the caller (`kubectl --as`) is not served. Ignoring the headers would run the request as the caller,
 * which is not what was asked; so the request is refused. Underscores count as dashes: some servers fold them.
 * @param rawHeaders names and values alternating, as Node gives them
 * @returns the first offending header's name
 */
export function impersonationHeader(rawHeaders: readonly string[]): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length >= 12 && IMPERSONATE.test(name)) return name;
  }
  return undefined;
}

const IMPERSONATE = /^impersonate[-_]/i;

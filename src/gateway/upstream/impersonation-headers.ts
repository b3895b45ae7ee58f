import type { UserInfo } from '../../kube/index.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f]/;
/** Header names are folded to lower case on the way, so capitals are encoded like every other byte that would not arrive. */
const PLAIN = /[!#$&'*+.^_`|~0-9a-z-]/;

/**
 * The headers by which the gateway's own account speaks for the caller.
 * Values are UTF-8 bytes (as Node writes latin1 strings), extra keys percent-encoded as client-go does.
 * Source: Kubernetes client-go transport/round_trippers.go, apiserver filters/impersonation.
 * @returns undefined when a name can't be carried in a header without changing it; then the request must be refused
 */
export function impersonationHeaders(user: UserInfo): string[] | undefined {
  const headers: string[] = [];
  const add = (name: string, value: string): boolean => {
    if (UNSAFE.test(value) || value !== value.trim()) return false;
    headers.push(name, Buffer.from(value, 'utf8').toString('latin1'));
    return true;
  };
  if (user.username === '' || !add('impersonate-user', user.username)) return undefined;
  if (user.uid !== undefined && user.uid !== '' && !add('impersonate-uid', user.uid)) return undefined;
  for (const group of user.groups) if (!add('impersonate-group', group)) return undefined;
  for (const [key, values] of Object.entries(user.extra ?? {})) {
    for (const value of values) if (!add(`impersonate-extra-${encodeExtraKey(key)}`, value)) return undefined;
  }
  return headers;
}

/** Percent-encodes every byte that would not arrive as it is, and `%` itself. */
function encodeExtraKey(key: string): string {
  let encoded = '';
  for (const byte of Buffer.from(key, 'utf8')) {
    const character = String.fromCharCode(byte);
    encoded += PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

import { badRequest, type StatusError } from '../../kube/index.ts';

/** What the headers ask for, nothing added. */
export interface WantedUser {
  /** '' when not given. */
  readonly username: string;
  /** '' when not given. */
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

const PREFIX = /^impersonate[-_]/i;
const PREFIX_LENGTH = 'impersonate-'.length;
const EXTRA = 'impersonate-extra-';
const FOLDED = /^impersonate-(?:user|group|uid|extra-.*)$/;
const ASCII = /^[ -~]*$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const PERCENT_ENCODED = /^(?:[^%]|%[0-9a-f]{2})*$/i;

/** Whether any header could be about impersonation. Almost none is, so this costs a look at each name's length. */
export function mentionsImpersonation(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length >= PREFIX_LENGTH && PREFIX.test(name)) return true;
  }
  return false;
}

/**
 * Reads the headers as kube-apiserver does: the first user and uid count, groups are not split at commas, extra keys
 * are lower-cased and then percent-decoded (kept as they are when malformed), unknown Impersonate-* are ignored.
 * @returns 400 for what two readers could understand differently: underscores that some servers take for dashes, and
 *   bytes that are no UTF-8 (U+FFFD would make different names the same one)
 */
export function readWantedUser(rawHeaders: readonly string[]): WantedUser | StatusError {
  let username: string | undefined;
  let uid: string | undefined;
  const groups: string[] = [];
  const extra = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const rawName = rawHeaders[index] ?? '';
    if (!PREFIX.test(rawName)) continue;
    const name = rawName.toLowerCase();
    const value = utf8Of(rawHeaders[index + 1] ?? '');
    if (value === undefined) return badRequest(`${rawName}: the value is not UTF-8`);
    if (name === 'impersonate-user') username ??= value;
    else if (name === 'impersonate-uid') uid ??= value;
    else if (name === 'impersonate-group') groups.push(value);
    else if (name.startsWith(EXTRA)) {
      const key = TOKEN.test(name) ? extraKeyOf(name.slice(EXTRA.length)) : undefined;
      if (key === undefined) return badRequest('Impersonate-Extra-: the key is not a UTF-8 header name');
      const values = extra.get(key);
      if (values === undefined) extra.set(key, [value]);
      else values.push(value);
    } else if (isMisleading(name)) {
      return badRequest(`${rawName}: some servers take underscores for dashes; use Impersonate- headers`);
    }
  }
  return { username: username ?? '', uid: uid ?? '', groups, extra };
}

/** A name that is nothing to us, but an impersonation header to a server that folds underscores. */
function isMisleading(name: string): boolean {
  return name.startsWith('impersonate_') || (name.includes('_') && FOLDED.test(name.replaceAll('_', '-')));
}

/** Node gives each byte as a character. */
function utf8Of(latin1: string): string | undefined {
  if (ASCII.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

/** Malformed encodings are kept raw; well-formed ones of bytes that are no UTF-8 have no name here. */
function extraKeyOf(encoded: string): string | undefined {
  if (!PERCENT_ENCODED.test(encoded)) return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

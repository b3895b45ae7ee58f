import { goTrim } from '../../kube/index.ts';

const MAX_MEMBERS = 32;
/** Characters. The recommendation asks to carry at least these; more is left behind as a whole. */
const MAX_LENGTH = 512;
const SIMPLE_KEY = '[a-z][a-z0-9_*/-]{0,255}';
const TENANT_KEY = '[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}';
const MEMBER = new RegExp(`^(${SIMPLE_KEY}|${TENANT_KEY})=([ -+\\--<>-~]{0,255}[!-+\\--<>-~])$`);

/**
 * Whether a `tracestate` header may go on: a list of different keys with printable values, none too many, none too long.
 * Several headers are one list. Source: W3C Trace Context §3.3.
 */
export function isTracestate(value: string): boolean {
  if (value.length > MAX_LENGTH) return false;
  const members = value.split(',').map((member) => goTrim(member, ' \t'));
  if (members.length > MAX_MEMBERS) return false;
  const keys = new Set<string>();
  for (const member of members) {
    // Empty members are allowed, since lists that were joined may have them.
    if (member === '') continue;
    const key = MEMBER.exec(member)?.[1];
    if (key === undefined || keys.has(key)) return false;
    keys.add(key);
  }
  return keys.size > 0;
}

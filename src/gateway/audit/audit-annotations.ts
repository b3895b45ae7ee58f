import type { Decision } from '../../kube/index.ts';
import { jsonText } from './json-text.ts';

const DECISION = 'authorization.k8s.io/decision';
const REASON = 'authorization.k8s.io/reason';
/** The session at the identity provider that a request's token is of; behind Kubernetes' own in the order of keys. */
const SESSION = 'sallyport.dev/sid';
const MAX_REMEMBERED = 2048;
const MAX_REMEMBERED_LENGTH = 512;
const remembered = new Map<string, string>();

/** The annotations of one request's events. A key that was set once is never overwritten, as in Kubernetes. */
export class AuditAnnotations {
  #authorization: { readonly decision: 'allow' | 'forbid' | undefined; readonly reason: string } | undefined;
  #others: Map<string, string> | undefined;
  readonly #sid: string | undefined;

  /** @param sid base64url */
  constructor(sid?: string) {
    this.#sid = sid;
  }

  /** @param decision 'error' when the authorizer could not answer: there is a reason then, but no decision */
  decided(decision: Decision['decision'] | 'error', reason: string): void {
    this.#authorization ??=
      decision === 'error'
        ? { decision: undefined, reason: 'internal error' }
        : { decision: decision === 'allow' ? 'allow' : 'forbid', reason };
  }

  /** @returns false when the key has another value already */
  set(key: string, value: string): boolean {
    this.#others ??= new Map();
    const found = this.#others.get(key);
    if (found === undefined) this.#others.set(key, value);
    return found === undefined || found === value;
  }

  /** The member `annotations` with its comma, in Go's order (maps are written sorted); '' when there is none. */
  member(): string {
    if (this.#others === undefined) {
      const session = this.#sid === undefined ? '' : `"${SESSION}":"${this.#sid}"`;
      if (this.#authorization === undefined) return session === '' ? '' : `,"annotations":{${session}}`;
      const { decision, reason } = this.#authorization;
      const first = decision === undefined ? '' : `"${DECISION}":"${decision}",`;
      const last = session === '' ? '' : `,${session}`;
      return `,"annotations":{${first}"${REASON}":${rememberedText(reason)}${last}}`;
    }
    const all = new Map(this.#others);
    if (this.#sid !== undefined) all.set(SESSION, this.#sid);
    if (this.#authorization?.decision !== undefined) all.set(DECISION, this.#authorization.decision);
    if (this.#authorization !== undefined) all.set(REASON, this.#authorization.reason);
    const members = [...all.keys()].sort().map((key) => `${jsonText(key)}:${jsonText(all.get(key) ?? '')}`);
    return `,"annotations":{${members.join(',')}}`;
  }
}

/** An authorizer gives few different reasons, and they have quotes in them. */
function rememberedText(value: string): string {
  const found = remembered.get(value);
  if (found !== undefined) return found;
  const text = jsonText(value);
  if (value.length <= MAX_REMEMBERED_LENGTH) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(value, text);
  }
  return text;
}

import { badRequest, goJsonProblem } from '../../kube/index.ts';

const tokenVersion = 'meta.k8s.io/v1';
const nul = '\u0000';

/** Where the next page of a list starts. */
export interface Continuation {
  /** The snapshot to read from; undefined reads the present (an inconsistent list, on the client's own wish). */
  readonly revision: number | undefined;
  /** The last key given out, relative to the list's prefix. */
  readonly after: string;
}

/** Source of the form: Kubernetes apiserver/pkg/storage/continue.go. */
export function encodeContinue({ revision, after }: Continuation): string {
  const token = { v: tokenVersion, rv: revision ?? -1, start: `/${after}${nul}` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws StatusError 400 for anything that encodeContinue did not make. */
export function decodeContinue(text: string): Continuation {
  if (!/^[\w-]*={0,2}$/.test(text)) throw refused('illegal base64 data at input byte 0');
  const token = parse(text);
  if (token.v !== tokenVersion) {
    throw refused(`server does not recognize this encoded version ${String(token.v ?? '')}`);
  }
  const { rv, start } = token;
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0 || rv < -1) {
    throw refused('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  return { revision: rv === -1 ? undefined : rv, after: relativeKey(start) };
}

/** The key is appended to a prefix, so it must not climb out of it. */
function relativeKey(start: unknown): string {
  const key = typeof start === 'string' && start.endsWith(nul) ? start.slice(0, -1) : start;
  const segments = typeof key === 'string' && key.startsWith('/') ? key.slice(1).split('/') : [];
  const isClean = segments.every((segment) => !['', '.', '..'].includes(segment) && !segment.includes(nul));
  if (segments.length === 0 || !isClean) throw refused(`invalid continue key ${JSON.stringify(start)}`);
  return segments.join('/');
}

function parse(text: string): { v?: unknown; rv?: unknown; start?: unknown } {
  const json = Buffer.from(text, 'base64url').toString('latin1');
  try {
    const value: unknown = JSON.parse(Buffer.from(json, 'latin1').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw refused(goJsonProblem(json));
  }
}

function refused(problem: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${problem}`);
}

import { badRequest } from '../../kube/index.ts';

/** Where the next page of a list of several clusters begins. */
export interface ScatterPosition {
  readonly cluster: string;
  /** The cluster's own token; '' at its beginning. */
  readonly continue: string;
  /** Of the list; for a last page that turns out to be empty. */
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Not signed: whoever makes one up gets no more than by asking the cluster in it, which decides anew and knows its own
 * tokens. So it is good at every replica, and after a restart.
 */
export function encodeScatterToken(position: ScatterPosition): string {
  const { cluster, continue: more, apiVersion, kind } = position;
  return Buffer.from(JSON.stringify([cluster, more, apiVersion, kind])).toString('base64url');
}

/** @throws StatusError 400 in the words of kube-apiserver */
export function decodeScatterToken(text: string): ScatterPosition {
  const [cluster, more, apiVersion, kind] = decode(text);
  // Half a character could not be put into a URL.
  const isText = (part: unknown) => typeof part === 'string' && part.isWellFormed();
  if (![cluster, more, apiVersion, kind].every(isText)) throw notValid();
  return { cluster, continue: more, apiVersion, kind } as ScatterPosition;
}

function decode(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 4) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw notValid();
}

/** Source: Kubernetes apiserver/pkg/storage/continue.go. */
function notValid() {
  return badRequest('continue key is not valid: it is not one of a list of all clusters');
}

import type { Attributes } from '../../kube/index.ts';

/** A request to a service, as the client made it: what is decided on is what the service is going to get. */
export interface Asked {
  readonly method: string;
  /** Origin form, byte for byte. */
  readonly target: string;
  /** Names and values alternating, as they came. */
  readonly rawHeaders: readonly string[];
}

/** What an authorizer is asked about a request; who asks is not known yet. */
export type Question = Omit<Attributes, 'user'>;

/** A header's values, one for each of its lines. @param name in lower case */
export function headerLines(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}

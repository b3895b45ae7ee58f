import type { IncomingMessage } from 'node:http';

const NAME = 'authorization';

/**
 * Whether a request has more than one Authorization header. Of several, Node.js takes the first without a word; whatever stands in
 * front may have judged another.
 */
export function hasTwoAuthorizations({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === NAME.length && name.toLowerCase() === NAME) count += 1;
  }
  return count > 1;
}
